package io.plexspaces.processgroups;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that mostly wait, and share nothing: the build runs them beside each other, in a process of their own. Not for
 * tests in Quarkus, nor for those that inject faults.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("waiting")
public @interface Waiting {}

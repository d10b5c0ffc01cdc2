package io.plexspaces.processgroups.app;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The values a key may have, both ends included, written as in the configuration: {@code 10}, {@code 1M}, {@code 5S}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Range {
    String min();

    String max();
}

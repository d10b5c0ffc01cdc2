/**
 * Values and pure rules of process groups: names, topics, memberships, log entries. Synchronous, immutable, and free of
 * any framework; uses the JDK alone.
 */
@NullMarked
package io.plexspaces.processgroups.domain;

import org.jspecify.annotations.NullMarked;

/** Several servers as real processes on one real Redis: what happens when they stop, die, freeze or meet their like. */
@NullMarked
package io.plexspaces.processgroups.cluster;

import org.jspecify.annotations.NullMarked;

/**
 * The groups of a tenant: their beginning and end, and the lists they stand in. Uses {@code append}, {@code store},
 * {@code codec}, {@code connection}, the port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.index;

import org.jspecify.annotations.NullMarked;

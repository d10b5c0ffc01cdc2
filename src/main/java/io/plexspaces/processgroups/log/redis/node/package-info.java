/**
 * Leases of nodes, owners of sessions, and what ends with them. Uses {@code index}, {@code store}, {@code codec},
 * {@code connection}, the port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.node;

import org.jspecify.annotations.NullMarked;

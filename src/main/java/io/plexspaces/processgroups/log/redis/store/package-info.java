/**
 * What every room of the log in Redis needs: the connections with the settings, the keys, the scripts, the format that
 * the store says, the store's clock. Uses {@code connection} and {@code codec}, the port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.store;

import org.jspecify.annotations.NullMarked;

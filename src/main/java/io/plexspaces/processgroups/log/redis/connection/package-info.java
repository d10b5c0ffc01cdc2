/**
 * Connections to Redis: where each slot is served, one connection for commands and one for subscriptions to each
 * server, scripts, retries and time limits. Uses the port's serial queue, the domain's errors and the Vert.x Redis
 * client.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.connection;

import org.jspecify.annotations.NullMarked;

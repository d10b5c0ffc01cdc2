/** Slots and scripts. */
package io.plexspaces.processgroups.log.redis.connection;

/** The log in Redis against real servers: the contract on each kind of store, and what happens when they fail. */
package io.plexspaces.processgroups.log.redis;

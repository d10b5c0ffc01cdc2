/** What is written in Redis, and read again. */
package io.plexspaces.processgroups.log.redis.codec;

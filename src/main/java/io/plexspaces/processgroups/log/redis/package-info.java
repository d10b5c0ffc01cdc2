/**
 * The log in Redis or Valkey, shared by many servers, put together. {@code docs/adr/0011-the-log-in-redis.md} says how
 * it lies there; the scripts under {@code /redis/} do every change. The rooms behind it: {@code reading}, {@code node}
 * → {@code index} → {@code append} → {@code store} → {@code connection}, {@code codec}.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis;

import org.jspecify.annotations.NullMarked;

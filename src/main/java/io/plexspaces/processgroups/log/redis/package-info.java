/**
 * The log in Redis or Valkey, shared by many servers. {@code docs/adr/0011-the-log-in-redis.md} says how it lies there;
 * the scripts under {@code /redis/} do every change. Uses the port, the domain, and the rooms {@code codec} and
 * {@code connection}.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis;

import org.jspecify.annotations.NullMarked;

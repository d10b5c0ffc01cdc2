/**
 * How memberships, entries and groups are written in Redis, and read again. Uses the port's commands and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.codec;

import org.jspecify.annotations.NullMarked;

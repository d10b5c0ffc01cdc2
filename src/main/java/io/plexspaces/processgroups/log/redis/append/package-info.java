/**
 * Changes of groups before the store has them: lanes, the calls of {@code append.lua}, and their answers. Uses {@code
 * store}, {@code codec}, {@code connection}, the port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.append;

import org.jspecify.annotations.NullMarked;

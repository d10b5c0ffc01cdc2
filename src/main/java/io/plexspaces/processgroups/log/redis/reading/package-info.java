/**
 * From the store to this node: groups and namespaces as they are opened and followed, what was missed, history. Uses
 * {@code index}, {@code store}, {@code codec}, {@code connection}, the port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.reading;

import org.jspecify.annotations.NullMarked;

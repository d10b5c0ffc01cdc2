/**
 * From the store to this node: how groups and namespaces are opened and followed, how missed entries are read ({@link
 * GroupReading}), and history. Uses
 * {@code index}, {@code store}, {@code codec}, {@code connection}, the port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.log.redis.reading;

import org.jspecify.annotations.NullMarked;

/**
 * The joins that sessions of this node hold in a group: joins under way, takeovers, repair of joins that the store
 * lost, and catch-up of clients. Uses {@code core.members}, {@code core.replica}, the face of the core,
 * {@code core.delivery}, the log's port and the domain. Types are public for the rooms above alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.joins;

import org.jspecify.annotations.NullMarked;

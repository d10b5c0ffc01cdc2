/**
 * The joins that sessions of this node hold in a group: joins on their way, takeovers, repair of what the store lost,
 * and what a client has to catch up with. Uses {@code core.members}, {@code core.replica}, the face of the core, {@code
 * core.delivery}, the log's port and the domain. Types are public for the rooms above alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.joins;

import org.jspecify.annotations.NullMarked;

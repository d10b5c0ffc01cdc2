/**
 * From an event to the connections of this node: encoded once for each wire format, joined per event loop and turn,
 * kept in bounded mailboxes when a peer is slow. Uses the domain alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.delivery;

import org.jspecify.annotations.NullMarked;

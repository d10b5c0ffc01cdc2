/**
 * Where the reading of one group stands: its serial queue, the position it has applied, who uses it, who waits for an
 * offset. Uses the log's port and the domain. Types are public for the rooms above alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.replica;

import org.jspecify.annotations.NullMarked;

/**
 * Messages that ask: whose replies this node waits for ({@link Asks}), and how members' replies find those who wait
 * ({@link GroupAsks}). Uses {@code core.members}, {@code core.replica}, the face of the core, {@code core.delivery},
 * the ports for the log and for letters between nodes, tasks and the domain. Types are public for {@code core.group}
 * and the wiring alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.asks;

import org.jspecify.annotations.NullMarked;

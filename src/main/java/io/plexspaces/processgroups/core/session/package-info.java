/**
 * Connections, the sessions on them, and what they watch. Uses {@code core.group}, the face of the core, {@code
 * core.delivery}, the log's port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.core.session;

import org.jspecify.annotations.NullMarked;

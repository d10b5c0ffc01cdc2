/**
 * The life of this node: its lease, and what ends with it. Uses {@code core.session}, the face of the core, the log's
 * port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.core.node;

import org.jspecify.annotations.NullMarked;

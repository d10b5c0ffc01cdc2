/**
 * The lease of this node: how it is taken, renewed and lost, and what ends with it ({@link LeaseRenewal}). Uses {@code
 * core.session}, the face of the core, the log's port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.core.node;

import org.jspecify.annotations.NullMarked;

package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.NodeId;

/**
 * The right of one running server to write under its node id.
 *
 * @param incarnation greater than that of every earlier lease of the node
 */
public record NodeLease(NodeId node, long incarnation) {}

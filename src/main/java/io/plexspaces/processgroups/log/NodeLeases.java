package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.NodeId;
import io.smallrye.mutiny.Uni;

/** Who may write under which node id. */
public interface NodeLeases {
    /** Takes the node id over: from here on, writes of its earlier incarnations are refused. */
    Uni<NodeLease> acquire(NodeId node);
}

package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.NodeId;
import io.smallrye.mutiny.Uni;

/** Who may write under which node id. */
public interface NodeLeases {
    /** Takes the node id over: from here on, writes of its earlier incarnations are refused. */
    Uni<NodeLease> acquire(NodeId node);

    /**
     * Prolongs a lease, in stores where it runs out. FENCED when a newer one has taken its place, or when it has run out: every write under it
     * is refused since, and only a new incarnation helps.
     */
    Uni<Void> renew(NodeLease lease);

    /**
     * Gives a lease back: writes under it are refused from here on, and its sessions' joins end as if it had run out. FENCED when a
     * newer one has taken its place.
     */
    Uni<Void> release(NodeLease lease);
}

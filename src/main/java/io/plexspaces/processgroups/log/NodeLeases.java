package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.NodeId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may write under which node id. */
public interface NodeLeases {
    /** Takes the node id over: from here on, writes of its earlier incarnations are refused. */
    Uni<NodeLease> acquire(NodeId node);

    /**
     * Takes the node id again after this lease has run out. FENCED when a newer lease has taken its place meanwhile:
     * then the node id belongs to another server.
     */
    Uni<NodeLease> reacquire(NodeLease lapsed);

    /**
     * Prolongs a lease, in stores where it runs out. FENCED when a newer one has taken its place, or when it has run
     * out: every write under it is refused since, and only a new incarnation helps.
     */
    Uni<Void> renew(NodeLease lease);

    /**
     * Gives a lease back: writes under it are refused from here on. FENCED when a newer one has taken its place.
     *
     * @param grace how long its sessions' joins stay for other nodes to take over; then they end as if the lease had
     *     run out
     */
    Uni<Void> release(NodeLease lease, Duration grace);

    /**
     * Nodes that have a lease; also one that has given it back, until what its sessions hold has ended. Those with most
     * time left first.
     *
     * @param most how many at most, > 0
     */
    Uni<List<Known>> known(int most);

    /** @param left until it runs out, unless it is renewed; null: it lasts as long as its process */
    record Known(NodeLease lease, @Nullable Duration left) {}
}

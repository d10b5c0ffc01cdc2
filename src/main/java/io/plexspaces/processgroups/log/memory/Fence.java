package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.NodeLease;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** The newest incarnation seen of each node. Remembers {@value #NODES} nodes; those seen first go first. */
final class Fence {
    static final int NODES = 10_000;

    private final ConcurrentMap<NodeId, Long> newest = new ConcurrentHashMap<>();
    private final Queue<NodeId> seen = new ConcurrentLinkedQueue<>();

    /** Leases that were taken here, and not given back. */
    private final ConcurrentMap<NodeId, NodeLease> held = new ConcurrentHashMap<>();

    /** FENCED when a newer incarnation of the operation's node was seen. */
    void check(OperationId operation) {
        Long known = newest.get(operation.node());
        if (known == null || known < operation.incarnation()) {
            known = raise(operation.node(), operation.incarnation());
        }
        if (known > operation.incarnation()) {
            throw GroupException.of(
                    ErrorCode.FENCED,
                    "incarnation " + operation.incarnation() + " of node "
                            + operation.node().value() + " is over: " + known + " has taken its place");
        }
    }

    /** A lease whose incarnation is greater than every one seen of the node, and no less than {@code least}. */
    NodeLease take(NodeId node, long least) {
        NodeLease lease = new NodeLease(node, next(node, least));
        held.put(node, lease);
        return lease;
    }

    void giveBack(NodeLease lease) {
        held.remove(lease.node(), lease);
        next(lease.node(), lease.incarnation() + 1);
    }

    /** In the order of the nodes' names. */
    Stream<NodeLease> held() {
        return held.values().stream()
                .sorted(Comparator.comparing(lease -> lease.node().value()));
    }

    /** Takes and returns an incarnation greater than every one seen of the node, and no less than {@code least}. */
    long next(NodeId node, long least) {
        if (newest.putIfAbsent(node, least) == null) {
            bound(node);
            return least;
        }
        return newest.merge(node, least, (known, floor) -> Math.max(known + 1, floor));
    }

    private long raise(NodeId node, long incarnation) {
        if (newest.putIfAbsent(node, incarnation) == null) {
            bound(node);
            return incarnation;
        }
        return newest.merge(node, incarnation, Math::max);
    }

    private void bound(NodeId added) {
        seen.add(added);
        while (newest.size() > NODES) {
            NodeId oldest = seen.poll();
            if (oldest == null) {
                return;
            }
            newest.remove(oldest);
            held.remove(oldest);
        }
    }
}

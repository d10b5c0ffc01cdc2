package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.NodeLease;
import java.util.concurrent.atomic.AtomicLong;

/** Names the writes of this node, each once. Thread-safe. */
public final class Operations {
    private volatile NodeLease lease;
    private final AtomicLong sequence = new AtomicLong();

    public Operations(NodeLease lease) {
        this.lease = lease;
    }

    /** Under the present lease. */
    OperationId next() {
        NodeLease present = lease;
        return new OperationId(present.node(), present.incarnation(), sequence.incrementAndGet());
    }

    /** In the name of a session: refused, once the incarnation that it began under is over. */
    OperationId next(Owner.Session owner) {
        return new OperationId(owner.node(), owner.incarnation(), sequence.incrementAndGet());
    }

    public NodeLease lease() {
        return lease;
    }

    /** From here on, writes are made under another lease of the same node. */
    public void continueUnder(NodeLease next) {
        lease = next;
    }
}

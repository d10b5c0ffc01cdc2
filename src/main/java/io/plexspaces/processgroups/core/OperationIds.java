package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.NodeLease;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Names the writes of this node, each once. Thread-safe. */
public final class OperationIds {
    private volatile @Nullable NodeLease lease;
    private final AtomicLong sequence = new AtomicLong();

    /** Nothing can be written before the first {@link #continueUnder}. */
    public OperationIds() {}

    public OperationIds(NodeLease lease) {
        this.lease = lease;
    }

    /** Under the present lease; STORE_UNAVAILABLE before the first. */
    public OperationId next() {
        NodeLease present = lease();
        return new OperationId(present.node(), present.incarnation(), sequence.incrementAndGet());
    }

    /** In the name of a session: refused, once the incarnation that it began under is over. */
    public OperationId next(Owner.Session owner) {
        return new OperationId(owner.node(), owner.incarnation(), sequence.incrementAndGet());
    }

    /** Of the present lease; 0 before the first. */
    public long incarnation() {
        NodeLease present = lease;
        return present == null ? 0 : present.incarnation();
    }

    /** @throws GroupException STORE_UNAVAILABLE before the first */
    public NodeLease lease() {
        NodeLease present = lease;
        if (present == null) {
            throw GroupException.of(ErrorCode.STORE_UNAVAILABLE, "this server is starting");
        }
        return present;
    }

    /** From here on, writes are made under this lease. */
    public void continueUnder(NodeLease next) {
        lease = next;
    }
}

package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Keeps this node's lease alive, three times in its life; once it is lost, nothing written here is accepted any more. */
@Singleton
final class LeaseRenewal {
    private static final Logger LOG = Logger.getLogger(LeaseRenewal.class);
    private static final int TIMES_IN_A_LIFE = 3;

    private final NodeLeases leases;
    private final NodeLease lease;
    private final long intervalMillis;
    private volatile boolean lost;

    LeaseRenewal(NodeLeases leases, NodeLease lease, ProcessGroupsConfig config) {
        this.leases = leases;
        this.lease = lease;
        this.intervalMillis = config.node().leaseTtl().toMillis() / TIMES_IN_A_LIFE;
    }

    /** Works on {@code timer} until that is shut down. */
    void start(TimerThread timer) {
        timer.executor().scheduleWithFixedDelay(this::renew, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    /** Another server has this node's name now, or this one was away for longer than its lease. */
    boolean isLost() {
        return lost;
    }

    private void renew() {
        if (!lost) {
            leases.renew(lease).subscribe().with(renewed -> {}, this::failed);
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof GroupException known && known.code() == ErrorCode.FENCED) {
            lost = true;
            LOG.errorf(
                    "Node %s has lost its lease, and serves no more: %s",
                    lease.node().value(), known.getMessage());
        } else {
            LOG.warnf(
                    "The lease of node %s could not be renewed: %s",
                    lease.node().value(), failure.getMessage());
        }
    }
}

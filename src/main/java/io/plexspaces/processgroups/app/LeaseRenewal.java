package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.Operations;
import io.plexspaces.processgroups.core.Sessions;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Keeps this node's lease alive. Once it has run out, nothing written under it is accepted any more: the node drops its sessions, whose joins others
 * end, and begins anew under a new lease; or, where another server has the node's name since, stops for good.
 */
@Singleton
final class LeaseRenewal {
    private static final Logger LOG = Logger.getLogger(LeaseRenewal.class);
    private static final int FIRST_SECONDS = 30;

    private final NodeLeases leases;
    private final Operations operations;
    private final Sessions sessions;
    private final NodeId node;
    private final Exit exit;
    private final long intervalMillis;

    /** One call at a time: a second one would find the first one's lease and take it for another server's. */
    private final AtomicBoolean underWay = new AtomicBoolean();

    private final AtomicLong losses = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean lost = true;
    private volatile boolean stopped;

    LeaseRenewal(NodeLeases leases, Operations operations, Sessions sessions, Exit exit, ProcessGroupsConfig config) {
        this.leases = leases;
        this.operations = operations;
        this.sessions = sessions;
        this.node = sessions.node();
        this.exit = exit;
        this.intervalMillis = config.node().renewInterval().toMillis();
    }

    /**
     * Takes the lease, and keeps it until {@code timer} is shut down. Waits for the store, as nothing can be served before: on the thread that
     * starts, and on no event loop, which the store's connections may need.
     */
    void start(TimerThread timer) {
        operations.continueUnder(first());
        lost = false;
        timer.executor().scheduleWithFixedDelay(this::step, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    private NodeLease first() {
        try {
            return leases.acquire(node).subscribeAsCompletionStage().get(FIRST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("no lease for node " + name() + " from the store", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the store", e);
        }
    }

    /** This server has no lease: not yet, not again after it was away for too long, or never again since another has its name. */
    boolean isLost() {
        return lost;
    }

    /** How often it was lost. */
    long losses() {
        return losses.get();
    }

    /** How often the store did not renew it, or give a new one, when asked. */
    long failures() {
        return failures.get();
    }

    /**
     * Gives the lease back, and renews it no more.
     *
     * @param grace how long the joins of this node's sessions stay
     * @return completes when it is done, or cannot be
     */
    CompletableFuture<Void> release(Duration grace) {
        stopped = true;
        if (lost) {
            return CompletableFuture.completedFuture(null);
        }
        return leases.release(operations.lease(), grace)
                .onFailure()
                .invoke(failure -> LOG.warnf(
                        "The lease of node %s could not be given back, and runs out by itself: %s",
                        name(), failure.getMessage()))
                .onFailure()
                .recoverWithNull()
                .subscribeAsCompletionStage();
    }

    private void step() {
        if (stopped || !underWay.compareAndSet(false, true)) {
            return;
        }
        if (lost) {
            beginAnew();
        } else {
            leases.renew(operations.lease()).subscribe().with(renewed -> underWay.set(false), this::notRenewed);
        }
    }

    private void notRenewed(Throwable failure) {
        failures.incrementAndGet();
        if (stopped || !isFenced(failure)) {
            LOG.warnf("The lease of node %s could not be renewed: %s", name(), failure.getMessage());
            underWay.set(false);
            return;
        }
        LOG.warnf("Node %s drops its connections: %s", name(), failure.getMessage());
        lost = true;
        losses.incrementAndGet();
        sessions.dropAll(GroupException.of(ErrorCode.FENCED, "this server has lost its lease"));
        beginAnew();
    }

    private void beginAnew() {
        leases.reacquire(operations.lease()).subscribe().with(this::begun, this::notBegun);
    }

    private void begun(NodeLease next) {
        operations.continueUnder(next);
        lost = false;
        sessions.acceptAgain();
        underWay.set(false);
        LOG.infof("Node %s serves again, as incarnation %d", name(), next.incarnation());
    }

    private void notBegun(Throwable failure) {
        failures.incrementAndGet();
        if (isFenced(failure)) {
            LOG.errorf(
                    "Another server has taken the name of node %s, and this one stops: no two servers of one store may share"
                            + " processgroups.node.id",
                    name());
            exit.now(Exit.REPLACED);
        } else {
            LOG.warnf("No new lease for node %s: %s", name(), failure.getMessage());
            underWay.set(false);
        }
    }

    private String name() {
        return node.value();
    }

    private static boolean isFenced(Throwable failure) {
        return failure instanceof GroupException known && known.code() == ErrorCode.FENCED;
    }
}

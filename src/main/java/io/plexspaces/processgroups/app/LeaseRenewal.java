package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Keeps this node's lease alive. Once it has run out, nothing written under it is accepted any more: the node drops its
 * sessions, whose joins others end, and begins anew under a new lease; or, where another server has the node's name
 * since, stops for good.
 */
@Singleton
final class LeaseRenewal {
    private static final Logger LOG = Logger.getLogger(LeaseRenewal.class);
    private static final Duration START_AGAIN = Duration.ofSeconds(1);

    /** Looks at what is there, and takes. */
    private static final int CALLS = 2;

    private final NodeLeases leases;
    private final OperationIds operations;
    private final Sessions sessions;
    private final TimerThread timer;
    private final Exit exit;
    private final ProcessGroupsConfig config;

    private final AtomicLong losses = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean lost = true;
    private volatile boolean stopped;

    LeaseRenewal(
            NodeLeases leases,
            OperationIds operations,
            Sessions sessions,
            TimerThread timer,
            Exit exit,
            ProcessGroupsConfig config) {
        this.leases = leases;
        this.operations = operations;
        this.sessions = sessions;
        this.timer = timer;
        this.exit = exit;
        this.config = config;
    }

    /**
     * Takes the lease, and keeps it. Waits for a store that is not there yet, until the time of
     * {@code processgroups.node.start-timeout} is over.
     *
     * @return completes when this node has it; fails when it does not get it
     */
    CompletableFuture<Void> begin() {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        attempt(taken, System.nanoTime() + config.node().startTimeout().toNanos());
        return taken;
    }

    private void attempt(CompletableFuture<Void> taken, long deadline) {
        orFail(taken, () -> leases.acquire(node())
                .subscribe()
                .with(
                        first -> orFail(taken, () -> take(taken, first)),
                        failure -> orFail(taken, () -> notTaken(taken, deadline, failure))));
    }

    /** A defect ends the start: a server that waits for nothing any more would neither serve nor say so. */
    private static void orFail(CompletableFuture<Void> taken, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            taken.completeExceptionally(defect);
        }
    }

    private void notTaken(CompletableFuture<Void> taken, long deadline, Throwable failure) {
        if (stopped || System.nanoTime() - deadline > 0 || !isRetryable(failure)) {
            taken.completeExceptionally(failure);
        } else {
            timer.after(START_AGAIN, () -> orFail(taken, () -> attempt(taken, deadline)));
        }
    }

    private void take(CompletableFuture<Void> taken, NodeLease first) {
        if (stopped) {
            leases.release(first, Duration.ZERO).subscribe().with(released -> {}, failure -> LOG.debug("", failure));
            taken.completeExceptionally(GroupException.of(ErrorCode.SHUTTING_DOWN, "this server is stopping"));
            return;
        }
        operations.continueUnder(first);
        lost = false;
        Duration longest = StoreWiring.longestCall(config).multipliedBy(CALLS);
        timer.every(config.node().renewInterval(), longest, "renewing the lease", this::step);
        taken.complete(null);
    }

    /**
     * This server has no lease: not yet, not again after it was away for too long, or never again since another has its
     * name.
     */
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

    /** Two at once would be wrong: the second one would find the first one's lease and take it for another server's. */
    private Uni<Void> step() {
        if (stopped) {
            return Uni.createFrom().voidItem();
        }
        return lost
                ? beginAnew()
                : leases.renew(operations.lease())
                        .onFailure(GroupException.class)
                        .recoverWithUni(this::notRenewed);
    }

    private Uni<Void> notRenewed(Throwable failure) {
        failures.incrementAndGet();
        if (stopped || !isFenced(failure)) {
            LOG.warnf("The lease of node %s could not be renewed: %s", name(), failure.getMessage());
            return Uni.createFrom().voidItem();
        }
        LOG.warnf("Node %s drops its connections: %s", name(), failure.getMessage());
        lost = true;
        losses.incrementAndGet();
        return beginAnew();
    }

    /** What was dropped before is not there to be dropped again, and what an attempt did not get to is. */
    private Uni<Void> beginAnew() {
        sessions.dropAll(GroupException.of(ErrorCode.FENCED, "this server has lost its lease"));
        return leases.reacquire(operations.lease())
                .invoke(this::begun)
                .replaceWithVoid()
                .onFailure(GroupException.class)
                .recoverWithUni(this::notBegun);
    }

    private void begun(NodeLease next) {
        operations.continueUnder(next);
        sessions.acceptAgain();
        lost = false;
        LOG.infof("Node %s serves again, as incarnation %d", name(), next.incarnation());
    }

    private Uni<Void> notBegun(Throwable failure) {
        failures.incrementAndGet();
        if (isFenced(failure)) {
            LOG.errorf(
                    "Another server has taken the name of node %s, and this one stops: no two servers of one store may"
                            + " share processgroups.node.id",
                    name());
            stopped = true;
            exit.now(Exit.REPLACED);
        } else {
            LOG.warnf("No new lease for node %s: %s", name(), failure.getMessage());
        }
        return Uni.createFrom().voidItem();
    }

    private NodeId node() {
        return sessions.node();
    }

    private String name() {
        return node().value();
    }

    private static boolean isFenced(Throwable failure) {
        return GroupException.is(failure, ErrorCode.FENCED);
    }

    private static boolean isRetryable(Throwable failure) {
        return failure instanceof GroupException known && known.code().retryable();
    }
}

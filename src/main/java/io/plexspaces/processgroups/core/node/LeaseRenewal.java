package io.plexspaces.processgroups.core.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Takes this node's lease and keeps it alive. Thread-safe.
 *
 * <pre>
 * starting --the store gives it-------> held
 * starting --start-timeout, or stop---> failed
 * held ------the store says FENCED----> lost: drops its sessions, whose joins other nodes end
 * lost ------the store gives a new one> held, under the next incarnation
 * lost ------the store says FENCED----> replaced: another node has the name, and this one stops for good
 * held, lost --release----------------> stopped
 * </pre>
 *
 * While the store is away, a node that holds its lease goes on: the store itself refuses what is written too late. A
 * lease that ran out is found out at the next renewal.
 */
public final class LeaseRenewal {
    private static final System.Logger LOG = System.getLogger(LeaseRenewal.class.getName());
    private static final Duration START_AGAIN = Duration.ofSeconds(1);

    /** Looks at what is there, and takes. */
    private static final int CALLS = 2;

    private final NodeLeases leases;
    private final OperationIds operations;
    private final Sessions sessions;
    private final Times times;
    private final Runnable replaced;
    private final LongSupplier nanos;
    private final Delays timer;
    private final PeriodicTasks tasks;

    private final AtomicLong losses = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean lost = true;

    /** When the store last granted it. */
    private volatile long granted;

    private volatile boolean stopped;

    /**
     * @param renewal between two renewals, > 0
     * @param start how long a start waits for a store that gives no lease
     * @param longestCall that one call of the store may take
     */
    public record Times(Duration renewal, Duration start, Duration longestCall) {}

    /** How time passes: a monotonic clock, what is done later, and what is done again and again. */
    public record Schedule(LongSupplier nanos, Delays delays, PeriodicTasks tasks) {}

    /** @param replaced called once, when another node has the name of this one */
    public LeaseRenewal(
            NodeLeases leases,
            OperationIds operations,
            Sessions sessions,
            Times times,
            Schedule schedule,
            Runnable replaced) {
        this.leases = leases;
        this.operations = operations;
        this.sessions = sessions;
        this.times = times;
        this.replaced = replaced;
        this.nanos = schedule.nanos();
        this.timer = schedule.delays();
        this.tasks = schedule.tasks();
    }

    /**
     * Takes the lease, and keeps it. Waits for a store that is not there yet.
     *
     * @return completes when this node has it; fails when it does not get it
     */
    public CompletableFuture<Void> begin() {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        attempt(taken, nanos.getAsLong() + times.start().toNanos());
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
        if (stopped || nanos.getAsLong() - deadline > 0 || !isRetryable(failure)) {
            taken.completeExceptionally(failure);
        } else {
            timer.after(START_AGAIN.toNanos(), () -> orFail(taken, () -> attempt(taken, deadline)));
        }
    }

    private void take(CompletableFuture<Void> taken, NodeLease first) {
        if (stopped) {
            leases.release(first, Duration.ZERO)
                    .subscribe()
                    .with(
                            released -> {},
                            failure -> LOG.log(DEBUG, "a lease taken while stopping runs out by itself", failure));
            taken.completeExceptionally(GroupException.of(ErrorCode.SHUTTING_DOWN, "this server is stopping"));
            return;
        }
        operations.continueUnder(first);
        granted = nanos.getAsLong();
        lost = false;
        Duration longest = times.longestCall().multipliedBy(CALLS);
        tasks.every(times.renewal(), longest, "renewing the lease", timer, this::step);
        taken.complete(null);
    }

    /**
     * This server has no lease: not yet, not again after it was away for too long, or never again since another has its
     * name.
     */
    public boolean isLost() {
        return lost;
    }

    /** How long ago the store granted it last; meaningless before the first time. */
    public Duration age() {
        return Duration.ofNanos(nanos.getAsLong() - granted);
    }

    /** How often it was lost. */
    public long losses() {
        return losses.get();
    }

    /** How often the store did not renew it, or give a new one, when asked. */
    public long failures() {
        return failures.get();
    }

    /**
     * Gives the lease back, and renews it no more.
     *
     * @param grace how long the joins of this node's sessions stay
     * @return completes when it is done, or cannot be
     */
    public CompletableFuture<Void> release(Duration grace) {
        stopped = true;
        if (lost) {
            return CompletableFuture.completedFuture(null);
        }
        return leases.release(operations.lease(), grace)
                .onFailure()
                .invoke(failure -> LOG.log(
                        WARNING,
                        "The lease of node {0} could not be given back, and runs out by itself: {1}",
                        name(),
                        failure.getMessage()))
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
                        .invoke(() -> granted = nanos.getAsLong())
                        .onFailure(GroupException.class)
                        .recoverWithUni(this::notRenewed);
    }

    private Uni<Void> notRenewed(Throwable failure) {
        failures.incrementAndGet();
        if (stopped || !isFenced(failure)) {
            LOG.log(WARNING, "The lease of node {0} could not be renewed: {1}", name(), failure.getMessage());
            return Uni.createFrom().voidItem();
        }
        LOG.log(WARNING, "Node {0} drops its connections: {1}", name(), failure.getMessage());
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
        granted = nanos.getAsLong();
        sessions.acceptAgain();
        lost = false;
        LOG.log(INFO, "Node {0} serves again, as incarnation {1}", name(), Long.toString(next.incarnation()));
    }

    private Uni<Void> notBegun(Throwable failure) {
        failures.incrementAndGet();
        if (isFenced(failure)) {
            LOG.log(
                    ERROR,
                    "Another server has taken the name of node {0}, and this one stops: no two servers of one store may"
                            + " share processgroups.node.id",
                    name());
            stopped = true;
            replaced.run();
        } else {
            LOG.log(WARNING, "No new lease for node {0}: {1}", name(), failure.getMessage());
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

package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import java.time.Duration;
import java.util.function.IntConsumer;

/** Ends what no client ends: joins whose lease has expired, messages that are too old, replicas that are not used. */
public final class Housekeeping {
    private static final int IDLE_SWEEPS = 10;
    private static final Duration TICK = Duration.ofSeconds(1);

    private final GroupLog log;
    private final Replicas replicas;
    private final OperationIds operations;
    private final Times times;
    private final IntConsumer emptied;

    /**
     * @param interval how late an expiry may come
     * @param longest after which a pass over the log is given up, and started again
     * @param replicaIdle about how long an unused replica stays open
     */
    public record Times(Duration interval, Duration longest, Duration replicaIdle) {}

    /** @param emptied told how many groups this node has deleted for being empty; must be quick */
    public Housekeeping(GroupLog log, Replicas replicas, OperationIds operations, Times times, IntConsumer emptied) {
        this.log = log;
        this.replicas = replicas;
        this.operations = operations;
        this.times = times;
        this.emptied = emptied;
    }

    /** Runs until {@code timer} stops. Ends nothing before this node has a lease. */
    public void start(PeriodicTasks tasks, Delays timer) {
        Duration sweep = Duration.ofMillis(Math.max(1, times.replicaIdle().toMillis() / IDLE_SWEEPS));
        tasks.every(sweep, "closing idle groups", timer, () -> replicas.closeIdle(IDLE_SWEEPS));
        tasks.every(TICK, "looking after open groups", timer, replicas::tick);
        tasks.every(times.interval(), times.longest(), "ending leases", timer, () -> log.expire(operations.next())
                .invoke(expired -> emptied.accept(expired.groups())));
    }
}

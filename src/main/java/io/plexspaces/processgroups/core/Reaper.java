package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.log.GroupLog;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Ends what nobody ends: leased joins whose time has come, messages past their age, replicas that nobody uses. */
public final class Reaper {
    private static final System.Logger LOG = System.getLogger(Reaper.class.getName());
    private static final int IDLE_SWEEPS = 10;

    private final GroupLog log;
    private final Replicas replicas;
    private final Operations operations;
    private final Duration interval;
    private final Duration replicaIdle;

    /**
     * @param interval how late an expiry may come
     * @param replicaIdle about how long an unused replica stays open
     */
    public Reaper(GroupLog log, Replicas replicas, Operations operations, Duration interval, Duration replicaIdle) {
        this.log = log;
        this.replicas = replicas;
        this.operations = operations;
        this.interval = interval;
        this.replicaIdle = replicaIdle;
    }

    /** Works on {@code timer} until that is shut down. */
    public void start(ScheduledExecutorService timer) {
        long sweep = Math.max(1, replicaIdle.toMillis() / IDLE_SWEEPS);
        timer.scheduleWithFixedDelay(() -> replicas.closeIdle(IDLE_SWEEPS), sweep, sweep, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(replicas::tick, 1, 1, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(this::expire, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expire() {
        log.expire(operations.next())
                .subscribe()
                .with(
                        ended -> {},
                        failure -> LOG.log(
                                System.Logger.Level.WARNING, "leases could not be expired: " + failure.getMessage()));
    }
}

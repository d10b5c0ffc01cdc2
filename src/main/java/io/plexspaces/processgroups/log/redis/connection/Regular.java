package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.Vertx;

/** A task that is run again and again; what it throws is logged, and does not end it. */
final class Regular {
    private static final Escapes ESCAPES = new Escapes(Regular.class);

    /** A pass may be this late with any period: a processor may be busy for that long. */
    private static final long SLACK_NANOS = 5_000_000_000L;

    private final Vertx vertx;
    private final String name;
    private final Runnable task;
    private final long overdueNanos;
    private final long timer;
    private volatile long finished = System.nanoTime();

    /** @param millis between two passes, > 0; the first comes after as long */
    Regular(Vertx vertx, String name, long millis, Runnable task) {
        this.vertx = vertx;
        this.name = name;
        this.task = task;
        this.overdueNanos = 3_000_000 * millis + SLACK_NANOS;
        this.timer = vertx.setPeriodic(millis, id -> pass());
    }

    private void pass() {
        try {
            task.run();
            finished = System.nanoTime();
        } catch (Throwable escaped) {
            ESCAPES.add(name, escaped);
        }
    }

    /** No pass was finished for three periods and some seconds. */
    boolean isOverdue() {
        return System.nanoTime() - finished > overdueNanos;
    }

    void cancel() {
        vertx.cancelTimer(timer);
    }
}

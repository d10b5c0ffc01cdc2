package io.plexspaces.processgroups.tasks;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before what failed is tried again: twice as long after each failure, up to the longest. Half of it
 * is random, so that callers that failed together do not retry together ("equal jitter", as the AWS Architecture Blog
 * calls it).
 *
 * @param first before the first retry, > 0
 * @param longest before any, ≥ {@code first}
 */
public record Backoff(Duration first, Duration longest) {
    /** A pass of a periodic task; the longest wait is the task's period, where that is longer. */
    public static final Backoff TASK = of(100, 1_000);

    /** A call of a script that got no answer, or an error that passes. */
    public static final Backoff CALL = of(20, 250);

    /** A read of a log or an index that failed, or found less than was announced. */
    public static final Backoff READ = of(100, 1_600);

    /** A connection that was refused. */
    public static final Backoff REFUSED_CONNECTION = of(50, 2_000);

    /** A connection that was there and is cut: what is missed meanwhile has to be read again. */
    public static final Backoff CUT_CONNECTION = of(50, 250);

    private static final int MOST_DOUBLINGS = 20;

    private static Backoff of(long first, long longest) {
        return new Backoff(Duration.ofMillis(first), Duration.ofMillis(longest));
    }

    public Backoff upTo(Duration other) {
        return other.compareTo(longest) > 0 ? new Backoff(first, other) : this;
    }

    /**
     * Without the random part.
     *
     * @param failures in a row before this one, ≥ 0
     */
    public Duration whole(int failures) {
        Duration doubled = first.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        return doubled.compareTo(longest) > 0 ? longest : doubled;
    }

    /**
     * Between half of {@link #whole} and all of it, in milliseconds; at least 1.
     *
     * @param failures in a row before this one, ≥ 0
     */
    public long millis(int failures) {
        long whole = Math.max(1, whole(failures).toMillis());
        return whole - ThreadLocalRandom.current().nextLong(whole / 2 + 1);
    }
}

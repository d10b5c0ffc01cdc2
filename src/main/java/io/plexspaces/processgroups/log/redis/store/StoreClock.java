package io.plexspaces.processgroups.log.redis.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What this server knows of the clock of the store's server that has one partition. Each answer that tells its time
 * bounds it: that was read between call and answer. What was known stays where it is within the bounds, so a store
 * whose clock is set, or another one that has taken over, is followed at the next answer. The wall clock of this server
 * has no say. Thread-safe.
 */
public final class StoreClock {
    private static final long UNKNOWN = Long.MIN_VALUE;

    /**
     * The store's microseconds since 1970, less this server's monotonic ones: the least it can be, of what the bounds
     * allow.
     */
    private volatile long ahead = UNKNOWN;

    /**
     * The store has told its time in an answer that has come now.
     *
     * @param micros since 1970
     * @param called when it was asked, as {@link System#nanoTime}
     */
    public void told(long micros, long called) {
        told(micros, called, System.nanoTime());
    }

    public synchronized void told(long micros, long called, long answered) {
        long least = micros - answered / 1000;
        long most = micros - called / 1000;
        ahead = ahead == UNKNOWN ? least : Math.max(least, Math.min(most, ahead));
    }

    /** How long ago the store accepted something, at least 0; 0 while it has told no time. */
    public Duration age(Instant at) {
        return age(at, System.nanoTime());
    }

    public Duration age(Instant at, long nanos) {
        long known = ahead;
        if (known == UNKNOWN) {
            return Duration.ZERO;
        }
        long since = known + nanos / 1000 - ChronoUnit.MICROS.between(Instant.EPOCH, at);
        return Duration.of(Math.max(0, since), ChronoUnit.MICROS);
    }
}

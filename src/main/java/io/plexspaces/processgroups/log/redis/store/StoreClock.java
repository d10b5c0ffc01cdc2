package io.plexspaces.processgroups.log.redis.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * This server's estimate of the clock of the Redis server that has one partition. Each answer with a time bounds the
 * estimate: the time was read between call and answer. An estimate within the bounds stays, so this follows a store
 * whose clock is set, or a new master, at the next answer. The wall clock of this server has no say. Thread-safe.
 */
public final class StoreClock {
    private static final long UNKNOWN = Long.MIN_VALUE;

    /**
     * The store's microseconds since 1970, less this server's monotonic ones: the least it can be, of what the bounds
     * allow.
     */
    private volatile long ahead = UNKNOWN;

    /**
     * An answer with the store's time has arrived now.
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

    /** How long ago the store accepted something, at least 0; 0 while its time is not known. */
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

package io.plexspaces.processgroups.core.delivery;

import java.time.Duration;

/**
 * Whether a mailbox beyond its bound is that of a peer that reads: one that gets more at once than it can take at once
 * is not slow. It has to take something all the time, and to be within its bound again before long. On the connection's
 * loop alone.
 */
final class Burst {
    /** How long a peer may take nothing. */
    static final Duration STALL = Duration.ofSeconds(2);

    /** How long a mailbox may be beyond its bound. */
    static final Duration LONGEST = Duration.ofSeconds(10);

    private boolean on;
    private long since;
    private long progress;
    private long progressAt;

    boolean isOn() {
        return on;
    }

    /**
     * The mailbox is beyond its bound.
     *
     * @param now monotonic nanoseconds
     * @param taken counts what the peer has taken
     * @return false: the peer is too slow
     */
    boolean goesOn(long now, long taken) {
        if (!on) {
            on = true;
            since = now;
            progress = taken;
            progressAt = now;
        } else if (taken != progress) {
            progress = taken;
            progressAt = now;
        }
        return now - progressAt < STALL.toNanos() && now - since < LONGEST.toNanos();
    }

    /** The mailbox is within its bound again. */
    void end() {
        on = false;
    }
}

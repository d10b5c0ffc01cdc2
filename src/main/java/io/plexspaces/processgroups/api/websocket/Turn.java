package io.plexspaces.processgroups.api.websocket;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long one connection may keep its event loop before the others of the loop are looked at: long enough for hundreds
 * of messages, which then travel together. On the event loop alone.
 */
final class Turn {
    static final long NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private final LongSupplier nanos;
    private boolean begun;
    private long end;

    /** @param nanos a monotonic clock */
    Turn(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether its time has passed. The first to ask begins it. */
    boolean isOver() {
        long now = nanos.getAsLong();
        if (!begun) {
            begun = true;
            end = now + NANOS;
        }
        return now - end >= 0;
    }

    /** The others are looked at now; who asks next begins another. */
    void end() {
        begun = false;
    }
}

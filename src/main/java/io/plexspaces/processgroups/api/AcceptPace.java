package io.plexspaces.processgroups.api;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How fast connections are accepted, over all listeners: the work a connection makes before it has said a word is the
 * server's, and hardly any the client's. Those that come faster wait in the system's queue of the listener, where they
 * cost nothing. A second's worth may come at once. Thread-safe.
 */
final class AcceptPace {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private final long each;
    private final LongSupplier nanos;

    /** When the connections that were accepted would all have come, one after the other. Guarded by this. */
    private long due;

    /**
     * @param perSecond ≥ 1; 0: as they come
     * @param nanos a monotonic clock
     */
    AcceptPace(int perSecond, LongSupplier nanos) {
        this.each = perSecond == 0 ? 0 : SECOND / perSecond;
        this.nanos = nanos;
        this.due = nanos.getAsLong() - SECOND;
    }

    /**
     * A connection was accepted: its listener may rest for a while.
     *
     * @param listener null: not known, it does not rest
     */
    void accepted(@Nullable Channel listener) {
        long pause = take(nanos.getAsLong());
        if (pause > 0 && listener != null && listener.config().isAutoRead()) {
            // First, so that no listener rests for ever.
            listener.eventLoop().schedule(() -> goOn(listener), Math.max(pause, SHORTEST_PAUSE), TimeUnit.NANOSECONDS);
            listener.config().setAutoRead(false);
        }
    }

    private static void goOn(Channel listener) {
        listener.config().setAutoRead(true);
    }

    /** How long to rest, in nanoseconds. The generic cell rate algorithm, with a burst of a second. */
    private synchronized long take(long now) {
        if (each == 0) {
            return 0;
        }
        due = Math.max(due, now - SECOND) + each;
        return Math.max(0, due - now);
    }
}

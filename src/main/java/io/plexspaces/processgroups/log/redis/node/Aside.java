package io.plexspaces.processgroups.log.redis.node;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Expiries that a sweep could not do while the store did other things: left out for a while, so that they do not delay
 * others. Logged once a minute. Bounded. Thread-safe.
 */
final class Aside {
    static final Duration LEFT_OUT = Duration.ofSeconds(5);
    static final int MOST = 10_000;

    private static final System.Logger LOG = System.getLogger(Aside.class.getName());
    private static final long LINE_AGAIN = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanos;
    private final Map<String, Long> since = new ConcurrentHashMap<>();
    private final AtomicLong lineAfter;

    /** @param nanos the time, as that of {@link System#nanoTime} */
    Aside(LongSupplier nanos) {
        this.nanos = nanos;
        this.lineAfter = new AtomicLong(nanos.getAsLong());
    }

    /** False: there is no room for more. */
    boolean add(String name) {
        if (since.size() >= MOST) {
            return false;
        }
        since.put(name, nanos.getAsLong());
        return true;
    }

    /** The same, and says so. */
    boolean add(String name, Throwable why) {
        long now = nanos.getAsLong();
        long after = lineAfter.get();
        if (now - after >= 0 && lineAfter.compareAndSet(after, now + LINE_AGAIN)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "expired state of group {0} cannot be ended, and is tried again every {1} s ({2} such groups): {3}",
                    name,
                    LEFT_OUT.toSeconds(),
                    since.size() + 1,
                    why.getMessage());
        }
        return add(name);
    }

    boolean has(String name) {
        return since.containsKey(name);
    }

    /** How many are left out now; those whose time is over are not any more. */
    int size() {
        long now = nanos.getAsLong();
        since.values().removeIf(begun -> now - begun >= LEFT_OUT.toNanos());
        return since.size();
    }
}

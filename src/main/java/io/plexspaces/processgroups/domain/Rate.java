package io.plexspaces.processgroups.domain;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * So many units a second, and those of one second at once (GCRA: all that is kept is when what was taken is paid for).
 * Exact to a nanosecond for each time that something is taken. Thread-safe, without a lock.
 */
public final class Rate {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    private final LongSupplier nanos;
    private final AtomicLong paidAt;

    /**
     * @param perSecond ≥ 1
     * @param nanos a monotonic clock
     */
    public Rate(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.paidAt = new AtomicLong(nanos.getAsLong());
    }

    /**
     * Takes units, if they are there. More than those of a second can be taken at once when nothing is owed; they are
     * paid for later.
     *
     * @param units ≥ 0
     * @return 0: taken; else nothing was taken, and could be after so many nanoseconds if nobody takes any meanwhile
     */
    public long take(int units) {
        long cost = cost(units);
        long burst = Math.max(SECOND, cost);
        while (true) {
            long now = nanos.getAsLong();
            long before = paidAt.get();
            long owed = Math.max(0, before - now);
            long wait = owed + cost - burst;
            if (wait > 0) {
                return wait;
            }
            if (paidAt.compareAndSet(before, now + owed + cost)) {
                return 0;
            }
        }
    }

    /** Takes nothing after all: for units that were taken just before. */
    public void giveBack(int units) {
        paidAt.addAndGet(-cost(units));
    }

    private long cost(int units) {
        return units * SECOND / perSecond;
    }

    /** Units a second. */
    public int perSecond() {
        return perSecond;
    }

    /** Whether all that was taken is paid for: then it is as a new one. */
    public boolean isNew() {
        return paidAt.get() - nanos.getAsLong() <= 0;
    }
}

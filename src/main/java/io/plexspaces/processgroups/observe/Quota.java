package io.plexspaces.processgroups.observe;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Lets the first few of each period pass, and counts the others. Thread-safe. */
final class Quota {
    private final int perPeriod;
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicLong leftOut = new AtomicLong();

    Quota(int perPeriod) {
        this.perPeriod = perPeriod;
    }

    /** Whether one more may pass; else it is counted. */
    boolean pass() {
        if (passed.get() < perPeriod && passed.incrementAndGet() <= perPeriod) {
            return true;
        }
        leftOut.incrementAndGet();
        return false;
    }

    /**
     * Begins the next period.
     *
     * @return how many did not pass in the last one
     */
    long renew() {
        passed.set(0);
        return leftOut.getAndSet(0);
    }
}

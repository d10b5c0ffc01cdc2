package io.plexspaces.processgroups.cli.measure;

import java.util.concurrent.atomic.AtomicLongArray;

/** Times, counted by size: exact to 3 %, in a fixed memory. For several threads. */
final class Latencies {
    /** Steps between two powers of two, as a power of two. */
    private static final int STEP_BITS = 5;

    private static final int STEPS = 1 << STEP_BITS;
    private static final double WHOLE = 100;
    private static final double MILLION = 1_000_000;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - STEP_BITS) * STEPS);

    /** @param nanos of less than zero: zero */
    void add(long nanos) {
        counts.incrementAndGet(place(Math.max(0, nanos)));
    }

    private static int place(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int magnitude = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEP_BITS;
        return (magnitude + 1) * STEPS + (int) (nanos >>> magnitude) - STEPS;
    }

    /** The largest time that is counted at a place. */
    private static long nanos(int place) {
        int magnitude = place / STEPS - 1;
        return magnitude < 0 ? place : ((place % STEPS + STEPS + 1L) << magnitude) - 1;
    }

    long count() {
        long all = 0;
        for (int i = 0; i < counts.length(); i++) {
            all += counts.get(i);
        }
        return all;
    }

    /** In milliseconds: so many of a hundred took no longer; 0: there are none. */
    double percentile(double percent) {
        long wanted = (long) Math.ceil(count() * percent / WHOLE);
        long seen = 0;
        for (int i = 0; i < counts.length() && wanted > 0; i++) {
            seen += counts.get(i);
            if (seen >= wanted) {
                return nanos(i) / MILLION;
            }
        }
        return 0;
    }
}

package io.plexspaces.processgroups.bench.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Counts of one receiving thread. Written by that thread alone. */
final class Lane {
    private static final int DIGITS = 3;

    private final AtomicLong shown = new AtomicLong();
    private final Histogram latencies = new Histogram(DIGITS);
    private long count;

    void received() {
        count++;
    }

    void took(long nanos) {
        latencies.recordValue(Math.max(0, nanos));
    }

    /** Lets others see what was counted until now. */
    void show() {
        shown.set(count);
    }

    /** As last shown. */
    long count() {
        return shown.get();
    }

    /** Nanoseconds. To be read by others only after the run. */
    Histogram latencies() {
        return latencies;
    }
}

package io.plexspaces.processgroups.bench.attack;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Times of a phase, as many as one phase can have. */
final class Latencies {
    private static final int MOST = 1_000_000;
    private static final double P99 = 0.99;

    private final long[] nanos = new long[MOST];
    private int count;

    synchronized void add(long latency) {
        if (count < MOST) {
            nanos[count++] = latency;
        }
    }

    /** Milliseconds that 99 of 100 took at most, and how many there were; it begins anew. */
    synchronized Summary take() {
        Arrays.sort(nanos, 0, count);
        Summary summary = count == 0
                ? new Summary(0, 0, 0)
                : new Summary(count, millis(nanos[(int) Math.ceil(count * P99) - 1]), millis(nanos[count - 1]));
        count = 0;
        return summary;
    }

    private static double millis(long nanos) {
        return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** @param p99 in milliseconds, as {@code most} */
    record Summary(int count, double p99, double most) {}
}

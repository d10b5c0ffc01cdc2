package io.plexspaces.processgroups.bench.attack;

import java.util.concurrent.TimeUnit;

/** Calls that the server had no room for. Thread-safe. */
final class Refusals {
    private long count;
    private long first;
    private long last;

    /**
     * What was refused in one phase.
     *
     * @param millis from the first to the last
     */
    record Summary(long count, long millis) {}

    synchronized void add() {
        last = System.nanoTime();
        first = count == 0 ? last : first;
        count++;
    }

    /** What was refused since the last call of this. */
    synchronized Summary take() {
        Summary summary = new Summary(count, count == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(last - first));
        count = 0;
        return summary;
    }
}

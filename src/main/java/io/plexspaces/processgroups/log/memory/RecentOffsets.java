package io.plexspaces.processgroups.log.memory;

import java.util.Arrays;

/** The newest of a growing sequence of offsets: at most {@value #MOST}. Used by one thread at a time. */
final class RecentOffsets {
    static final int MOST = 1024;
    private static final int LEAST = 16;

    private long[] ring = new long[0];
    private int head;
    private int size;
    private boolean forgot;

    /** @param offset greater than every one before */
    void add(long offset) {
        if (size == ring.length && size < MOST) {
            // Nothing was forgotten yet, so the ring begins at 0.
            ring = Arrays.copyOf(ring, Math.max(LEAST, 2 * size));
        }
        if (size == MOST) {
            ring[head] = offset;
            head = (head + 1) % MOST;
            forgot = true;
        } else {
            ring[size++] = offset;
        }
    }

    /** Whether {@link #countAfter} knows of every offset after {@code offset}. */
    boolean covers(long offset) {
        return !forgot || offset >= get(0) - 1;
    }

    /** How many of those remembered are greater than {@code offset}. */
    int countAfter(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return size - low;
    }

    private long get(int index) {
        return ring[(head + index) % ring.length];
    }
}

package io.plexspaces.processgroups.domain;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts what is there of each key, up to a bound. Its memory follows what is there: nothing is kept of a key when the
 * last one has gone. Thread-safe.
 *
 * @param <K> with an equality that its owner cannot change
 */
public final class KeyedCounts<K> {
    private final ConcurrentMap<K, Integer> counts = new ConcurrentHashMap<>();

    /**
     * Counts one more, or says that there are {@code most} already and counts nothing.
     *
     * @param most ≥ 1
     */
    public boolean enter(K key, int most) {
        boolean[] entered = new boolean[1];
        counts.compute(key, (same, count) -> {
            int before = count == null ? 0 : count;
            entered[0] = before < most;
            return entered[0] ? Integer.valueOf(before + 1) : count;
        });
        return entered[0];
    }

    /** One that had entered has gone. To be called once for each. */
    public void leave(K key) {
        counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** How many there are of a key. */
    public int of(K key) {
        return counts.getOrDefault(key, 0);
    }

    /** Keys of which something is there. */
    public int keys() {
        return counts.size();
    }
}

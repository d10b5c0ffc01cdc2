package io.plexspaces.processgroups.core;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Who waits for an offset to be read. Part of a group's reading, and as little thread-safe as that. */
final class Waiters {
    private final NavigableMap<Long, List<Runnable>> byOffset = new TreeMap<>();

    void add(long offset, Runnable then) {
        byOffset.computeIfAbsent(offset, at -> new ArrayList<>(1)).add(then);
    }

    /** Lets go everyone who waits for {@code reached} or less. */
    void release(long reached) {
        while (!byOffset.isEmpty() && byOffset.firstKey() <= reached) {
            byOffset.pollFirstEntry().getValue().forEach(Runnable::run);
        }
    }
}

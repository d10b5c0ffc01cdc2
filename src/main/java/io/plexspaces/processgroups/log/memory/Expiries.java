package io.plexspaces.processgroups.log.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which group next has something to expire, soonest first: at most one entry for a group, none for a group where
 * nothing ever expires. Thread-safe; each group keeps its own entry up to date.
 */
final class Expiries {
    /** A time that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    private final ConcurrentNavigableMap<Due, MemoryGroup> groups = new ConcurrentSkipListMap<>();
    private final AtomicLong sequence = new AtomicLong();

    /** @param at milliseconds since 1970 */
    private record Due(long at, long sequence) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** Not set yet. */
    Alarm alarmFor(MemoryGroup group) {
        return new Alarm(group);
    }

    /**
     * Takes the groups that have something to expire now, or within the present millisecond. No two calls take the same
     * entry.
     */
    List<MemoryGroup> takeDue(Instant now) {
        List<MemoryGroup> taken = new ArrayList<>();
        for (Due due : groups.headMap(new Due(now.toEpochMilli(), Long.MAX_VALUE), true)
                .keySet()) {
            MemoryGroup group = groups.remove(due);
            if (group != null) {
                taken.add(group);
            }
        }
        return taken;
    }

    /**
     * The time at which one group wants to be checked. It may be checked early, and then sets its alarm again. Used by
     * one thread at a time.
     */
    final class Alarm {
        private final MemoryGroup group;
        private @Nullable Due due;

        private Alarm(MemoryGroup group) {
            this.group = group;
        }

        /** @param at milliseconds since 1970 */
        void noLaterThan(long at) {
            if (at != NEVER && (due == null || at < due.at())) {
                set(at);
            }
        }

        /** To be called whenever the group was taken. */
        void set(long at) {
            if (due != null) {
                groups.remove(due);
            }
            due = at == NEVER ? null : new Due(at, sequence.incrementAndGet());
            if (due != null) {
                groups.put(due, group);
            }
        }
    }

    /** The whole millisecond {@code instant} is in. */
    static long millis(Instant instant) {
        try {
            return instant.toEpochMilli();
        } catch (ArithmeticException beyondRange) {
            return NEVER;
        }
    }
}

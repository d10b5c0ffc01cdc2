package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.log.redis.codec.Entries;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Announcements that arrived while a reading was not ready for them, in order; bounded in bytes. {@link #LOST} stands
 * where others may be missing. Not thread-safe.
 */
final class Kept {
    /** What comes in a second on a busy group is less; more is read again. */
    static final long MOST_BYTES = 1 << 20;

    /** What was announced here is in the log alone; what follows may even be of another log. */
    static final Entries.Announcement LOST = new Entries.Announcement("", List.of(), 0);

    private final Queue<Entries.Announcement> kept = new ArrayDeque<>(0);
    private long bytes;
    private boolean endsLost;

    /** Whether it is {@link #LOST} itself: one that is only like it would have been announced. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isLost(Entries.Announcement announced) {
        return announced == LOST;
    }

    void add(Entries.Announcement announced) {
        if (bytes + announced.weight() > MOST_BYTES) {
            clear();
            lost();
            return;
        }
        kept.add(announced);
        bytes += announced.weight();
        endsLost = false;
    }

    /** Something was announced now that is not here. */
    void lost() {
        if (!endsLost) {
            kept.add(LOST);
            endsLost = true;
        }
    }

    /** The oldest, which is not here any more, or {@link #LOST}; null: none is left. */
    Entries.@Nullable Announcement poll() {
        Entries.Announcement next = kept.poll();
        if (next == null) {
            clear();
        } else {
            bytes -= next.weight();
            endsLost &= !kept.isEmpty();
        }
        return next;
    }

    /** Oldest first, also those behind something that was lost. */
    Stream<Entries.Announcement> stream() {
        return kept.stream();
    }

    /** Bytes that the announcements here take. */
    long bytes() {
        return bytes;
    }

    void clear() {
        kept.clear();
        bytes = 0;
        endsLost = false;
    }
}

package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.Entry.Published;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.log.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group knows of the messages of its log: the retained ones, and how many there were before any of them. Begins
 * with the group's first message. Used by one thread at a time.
 */
final class History {
    /** About what a page holds. */
    private static final int PAGE_BYTES = 512 * 1024;

    private final long begin;
    private final Retained retained;

    /** Of the entries since {@link #begin} that are no messages. */
    private final RecentOffsets others = new RecentOffsets();

    private long othersSeen;
    private long ordinal;

    /** @param begin offset of the first message */
    History(long begin, Retention retention, long mostBytes, Room room) {
        this.begin = begin;
        this.retained = new Retained(retention, mostBytes, room);
    }

    /** What the next message is counted as. */
    long nextOrdinal() {
        return ordinal + 1;
    }

    void add(Published message) {
        ordinal = message.ordinal();
        retained.add(message);
    }

    /** An entry that is no message. */
    void addOther(long offset) {
        others.add(offset);
        othersSeen++;
    }

    /** The group has ended. */
    void clear() {
        retained.clear();
    }

    void trim(Instant now) {
        retained.trim(now);
    }

    /** When there is something to {@link #trim}, in milliseconds since 1970. */
    long nextDue() {
        return retained.nextDue();
    }

    /**
     * @param after offset; null: from the oldest retained
     * @param end the log's end
     */
    Slice read(@Nullable Long after, int limit, boolean epochChanged, Position end, Instant now) {
        retained.trim(now);
        long missed = 0;
        boolean exact = true;
        if (after != null) {
            missed = missedAfter(after, end.offset());
            exact = missed == 0 || isExactAfter(after);
        }
        List<Published> found = new ArrayList<>();
        int index = after == null ? 0 : retained.indexAfter(after);
        long left = limit == Integer.MAX_VALUE ? Long.MAX_VALUE : PAGE_BYTES;
        while (index < retained.size() && found.size() < limit && left > 0) {
            Published message = retained.get(index++);
            if (!message.isExpired(now)) {
                found.add(message);
                left -= message.message().weight();
            }
        }
        boolean more = index < retained.size();
        Position upTo = more ? new Position(end.epoch(), retained.get(index - 1).offset()) : end;
        return new Slice(Collections.unmodifiableList(found), missed, exact, epochChanged, upTo, more);
    }

    /**
     * The newest first.
     *
     * @param before offset
     */
    Slice readBack(long before, int limit, boolean epochChanged, String epoch, Instant now) {
        retained.trim(now);
        List<Published> found = new ArrayList<>();
        int index = retained.indexAfter(before - 1);
        long down = before;
        long left = PAGE_BYTES;
        while (index > 0 && found.size() < limit && left > 0) {
            Published message = retained.get(--index);
            down = message.offset();
            if (!message.isExpired(now)) {
                found.add(message);
                left -= message.message().weight();
            }
        }
        boolean more = index > 0;
        boolean exact = more || isOldestBefore(before) || before <= 1 || isExactAfter(before - 1);
        long missed = more ? 0 : goneBefore(before, exact);
        Position end = new Position(epoch, down);
        return new Slice(Collections.unmodifiableList(found), missed, exact, epochChanged, end, more);
    }

    private boolean isOldestBefore(long offset) {
        return retained.size() > 0 && retained.get(0).offset() < offset;
    }

    /** Messages before {@code offset} that are not retained; when that is not exact, the most it can be. */
    private long goneBefore(long offset, boolean exact) {
        long gone = ordinal - retained.size();
        if (isOldestBefore(offset)) {
            return gone;
        }
        return exact ? Math.min(gone, messagesUpTo(offset - 1)) : Math.min(gone, offset - begin);
    }

    /** Messages after {@code after} that are not retained; when that is not exact, the most it can be. */
    private long missedAfter(long after, long end) {
        long gone = ordinal - retained.size();
        long firstRetained = retained.size() == 0 ? end + 1 : retained.get(0).offset();
        long between = firstRetained - 1 - after;
        if (gone == 0 || between <= 0) {
            return 0;
        }
        return Math.min(between, gone - messagesUpTo(after));
    }

    private boolean isExactAfter(long after) {
        return after < begin || others.covers(after);
    }

    /** Messages up to {@code offset}; when that is not exact, the least it can be. */
    private long messagesUpTo(long offset) {
        if (offset < begin) {
            return 0;
        }
        // Of the others that are forgotten, all may stand before the offset.
        long othersUpTo = othersSeen - others.countAfter(offset);
        return Math.max(1, offset - begin + 1 - othersUpTo);
    }
}

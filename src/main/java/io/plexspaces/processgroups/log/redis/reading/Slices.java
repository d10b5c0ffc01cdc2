package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parts of what is retained, put together and taken apart. */
final class Slices {
    private Slices() {}

    /** The part after an offset, where nothing after it is missing. */
    static Slice after(Slice slice, long offset) {
        List<Entry.Published> later = slice.messages().stream()
                .filter(message -> message.offset() > offset)
                .toList();
        List<Long> unreadable =
                slice.unreadable().stream().filter(at -> at > offset).toList();
        return new Slice(later, unreadable, 0, true, false, slice.end(), slice.more(), slice.past());
    }

    /** Of a slice that was read back: the part before an offset that is behind its end. */
    static Slice before(Slice slice, long offset) {
        List<Entry.Published> earlier = slice.messages().stream()
                .filter(message -> message.offset() < offset)
                .toList();
        List<Long> unreadable =
                slice.unreadable().stream().filter(at -> at < offset).toList();
        return new Slice(
                earlier,
                unreadable,
                slice.missed(),
                slice.exact(),
                slice.epochChanged(),
                slice.end(),
                slice.more(),
                slice.past());
    }

    /** Of a slice that was read back: no more than so many messages. */
    static Slice atMost(Slice slice, int messages) {
        if (slice.messages().size() <= messages) {
            return slice;
        }
        List<Entry.Published> newest = List.copyOf(slice.messages().subList(0, messages));
        long down = newest.get(messages - 1).offset();
        List<Long> unreadable =
                slice.unreadable().stream().filter(at -> at > down).toList();
        Position end = new Position(slice.end().epoch(), down);
        return new Slice(newest, unreadable, 0, true, slice.epochChanged(), end, true, slice.past());
    }

    /**
     * Two parts, the second read after the end of the first. Where messages between them were trimmed meanwhile, those
     * of the first are as old, and count as missed with them, not exactly.
     *
     * @param after what the first was read after
     */
    static Slice joined(Slice first, Slice second, @Nullable Position after) {
        if (second.missed() > 0) {
            long from = after == null || first.epochChanged() ? 0 : after.offset();
            boolean counted = after != null && !first.epochChanged();
            long missed = counted ? first.end().offset() - from + second.missed() : 0;
            return new Slice(
                    second.messages(),
                    second.unreadable(),
                    missed,
                    !counted,
                    first.epochChanged(),
                    second.end(),
                    second.more(),
                    second.past());
        }
        return new Slice(
                together(first.messages(), second.messages()),
                together(first.unreadable(), second.unreadable()),
                first.missed(),
                first.exact(),
                first.epochChanged(),
                second.end(),
                second.more(),
                second.past());
    }

    private static <T> List<T> together(List<T> first, List<T> second) {
        if (second.isEmpty()) {
            return first;
        }
        List<T> all = new ArrayList<>(first.size() + second.size());
        all.addAll(first);
        all.addAll(second);
        return Collections.unmodifiableList(all);
    }
}

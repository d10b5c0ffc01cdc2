package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an answer with retained messages says of those that are missing. */
final class Gaps {
    private Gaps() {}

    /**
     * Null: none is.
     *
     * @param end what is beyond it comes with the next answer
     * @param last nothing is beyond it
     */
    static Event.@Nullable Gap of(Groups.FetchRequest asked, Slice slice, Position end, boolean last) {
        if (slice.epochChanged()) {
            return epochChanged(asked, slice);
        }
        if (asked.back()) {
            return back(asked, slice, end, last);
        }
        return slice.missed() > 0 || !slice.unreadable().isEmpty() ? forwards(asked, slice, end) : null;
    }

    private static Event.Gap epochChanged(Groups.FetchRequest asked, Slice slice) {
        long first = slice.messages().isEmpty()
                ? slice.end().offset() + 1
                : slice.messages().get(0).offset();
        long to = asked.back() ? 0 : first;
        return new Event.Gap(asked.group(), Event.Gap.Reason.EPOCH_CHANGED, 0, false, 0, to);
    }

    private static Event.Gap forwards(Groups.FetchRequest asked, Slice slice, Position end) {
        GroupId group = asked.group();
        Position after = asked.from();
        long to = slice.messages().isEmpty()
                ? slice.end().offset() + 1
                : slice.messages().get(0).offset();
        long from = after == null ? 0 : after.offset();
        List<Long> unreadable = slice.unreadable().stream()
                .filter(offset -> offset > from && offset <= end.offset())
                .toList();
        long missed = slice.missed() + unreadable.size();
        if (unreadable.isEmpty()) {
            return new Event.Gap(group, Event.Gap.Reason.TRIMMED, missed, slice.exact(), from, to);
        }
        Event.Gap.Reason reason = slice.missed() > 0 ? Event.Gap.Reason.TRIMMED : Event.Gap.Reason.UNREADABLE;
        long behind = unreadable.get(unreadable.size() - 1) + 1;
        return new Event.Gap(group, reason, missed, slice.exact(), from, Math.max(to, behind));
    }

    /** What is older than all that is retained is missing at the end alone. */
    private static Event.@Nullable Gap back(Groups.FetchRequest asked, Slice slice, Position end, boolean last) {
        List<Long> unreadable = slice.unreadable().stream()
                .filter(offset -> offset >= end.offset())
                .toList();
        long trimmed = last ? slice.missed() : 0;
        long missed = trimmed + unreadable.size();
        if (missed == 0) {
            return null;
        }
        long to = unreadable.isEmpty() ? end.offset() : unreadable.get(0) + 1;
        return trimmed > 0
                ? new Event.Gap(asked.group(), Event.Gap.Reason.TRIMMED, missed, slice.exact(), 0, to)
                : new Event.Gap(
                        asked.group(),
                        Event.Gap.Reason.UNREADABLE,
                        missed,
                        true,
                        unreadable.get(unreadable.size() - 1) - 1,
                        to);
    }
}

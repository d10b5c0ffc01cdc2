package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Position;
import java.util.List;

/**
 * Retained messages after a position; or before one, the newest first ({@link GroupLog#readBack}).
 *
 * @param messages in log order, or against it; no others between them; expired ones (ttl) are left out, and so are
 *     those that cannot be read
 * @param unreadable offsets of retained messages that this server cannot read, in the same order
 * @param missed messages after the asked position that retention no longer has; 0 with {@code epochChanged}. Of those
 *     before a position: all that are older than what is retained, once nothing {@code more} is
 * @param exact {@code missed} is exact; else it is the most it can be
 * @param epochChanged the asked position is not of this epoch of the log, and {@code messages} start at the oldest
 *     retained, or where the two logs part if that is known
 * @param end up to here everything is included; or down to here, itself included unless it is the asked position
 * @param more more is retained after {@code end}, or before it
 * @param past the ends of earlier epochs that are part of this log up to there, the newest first
 */
public record Slice(
        List<Entry.Published> messages,
        List<Long> unreadable,
        long missed,
        boolean exact,
        boolean epochChanged,
        Position end,
        boolean more,
        List<Position> past) {

    /** One in which every message can be read, of a log that has had no other epoch. */
    public Slice(
            List<Entry.Published> messages,
            long missed,
            boolean exact,
            boolean epochChanged,
            Position end,
            boolean more) {
        this(messages, List.of(), missed, exact, epochChanged, end, more, List.of());
    }

    /** The same, but for the messages. */
    public Slice with(List<Entry.Published> chosen) {
        return new Slice(chosen, unreadable, missed, exact, epochChanged, end, more, past);
    }

    /**
     * Whether everything up to a position is of this log: it is of its epoch, or not beyond the end of an earlier one.
     */
    public boolean goesOnFrom(Position position) {
        return end.epoch().equals(position.epoch())
                || past.stream()
                        .anyMatch(last -> last.epoch().equals(position.epoch()) && position.offset() <= last.offset());
    }
}

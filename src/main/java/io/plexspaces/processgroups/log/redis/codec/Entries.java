package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads entries as the scripts write them: kind, offset and time, then by kind
 * <ul>
 *   <li>{@code P} ordinal, weight of all messages before, operation, body
 *   <li>{@code J} operation, 1 for a first join, 1 for a changed filter, owner, actor, membership
 *   <li>{@code L} operation, actor, reason, membership or {@code -}
 *   <li>{@code D} operation
 * </ul>
 * separated by spaces; an operation is node, incarnation and sequence.
 */
public final class Entries {
    /** Bytes of memory that an entry takes beside those it was read from. */
    private static final int ENTRY_WEIGHT = 200;

    /** The writer of entries whose writer is not known. */
    private static final OperationId NOBODY = new OperationId(new NodeId("unknown"), 0, 0);

    private Entries() {}

    /**
     * Entries that were written in one step.
     *
     * @param epoch of all of them
     * @param weight about how many bytes of memory it takes
     */
    public record Announcement(String epoch, List<Entry> entries, int weight) {}

    /**
     * Reads the epoch, then each entry after its length, all with spaces between.
     *
     * @throws UnreadableException when one of the entries is not even known by its place
     */
    public static Announcement announcement(byte[] bytes) {
        try {
            ByteReader reader = new ByteReader(bytes, 0, bytes.length);
            String epoch = reader.word();
            List<Entry> entries = new ArrayList<>();
            while (!reader.isAtEnd()) {
                int length = Math.toIntExact(reader.decimal());
                int from = reader.position();
                entries.add(parse(bytes, from, Math.addExact(from, length)));
                reader.skip(length + 1);
            }
            return new Announcement(epoch, entries, bytes.length + ENTRY_WEIGHT * entries.size());
        } catch (UnreadableException known) {
            throw known;
        } catch (RuntimeException damaged) {
            throw new UnreadableException("an announcement", damaged);
        }
    }

    /**
     * Reads one entry; {@link Entry.Unreadable} when only its place and time are known here.
     *
     * @throws UnreadableException when not even those are
     */
    public static Entry parse(byte[] bytes) {
        return parse(bytes, 0, bytes.length);
    }

    private static Entry parse(byte[] bytes, int from, int to) {
        try {
            if (to > bytes.length) {
                throw new IllegalArgumentException("it is cut off");
            }
            return parse(new ByteReader(bytes, from, to));
        } catch (RuntimeException damaged) {
            throw new UnreadableException("an entry", damaged);
        }
    }

    private static Entry parse(ByteReader reader) {
        String kind = reader.word();
        long offset = reader.decimal();
        Instant at = Times.instant(reader.decimal());
        if (offset < 1) {
            throw new IllegalArgumentException("it says no offset");
        }
        OperationId operation = NOBODY;
        try {
            long ordinal = 0;
            if (kind.equals("P")) {
                ordinal = reader.decimal();
                reader.decimal();
            }
            operation = operation(reader);
            Entry entry =
                    switch (kind) {
                        case "P" -> published(reader, offset, at, operation, ordinal);
                        case "J" -> joined(reader, offset, at, operation);
                        case "L" -> left(reader, offset, at, operation);
                        case "D" -> new Entry.Deleted(offset, at, operation);
                        default -> throw new IllegalArgumentException("kind " + kind + " is not known here");
                    };
            reader.checkEnd();
            return entry;
        } catch (RuntimeException unreadable) {
            return new Entry.Unreadable(
                    offset, at, operation, kind.equals("P"), String.valueOf(unreadable.getMessage()));
        }
    }

    private static Entry published(ByteReader reader, long offset, Instant at, OperationId operation, long ordinal) {
        Command.Publish body = Bodies.decode(reader);
        return new Entry.Published(
                offset,
                at,
                operation,
                ordinal,
                body.message(),
                body.topic(),
                body.dispatch(),
                body.excludeSender(),
                body.asker());
    }

    private static Entry joined(ByteReader reader, long offset, Instant at, OperationId operation) {
        boolean first = reader.word().equals("1");
        boolean changed = reader.word().equals("1");
        Owner by = Texts.owner(reader.word());
        ActorId actor = new ActorId(reader.word());
        Membership membership = Memberships.parse(actor, reader.rest());
        return new Entry.Joined(offset, at, operation, membership, by, first, changed);
    }

    private static Entry left(ByteReader reader, long offset, Instant at, OperationId operation) {
        ActorId actor = new ActorId(reader.word());
        LeaveReason reason = LeaveReason.valueOf(reader.word());
        return new Entry.Left(offset, at, operation, actor, Memberships.parseIfAny(actor, reader.rest()), reason);
    }

    private static OperationId operation(ByteReader reader) {
        return new OperationId(new NodeId(reader.word()), reader.decimal(), reader.decimal());
    }
}

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
    private Entries() {}

    /**
     * Entries that were written in one step.
     *
     * @param epoch of all of them
     */
    public record Announcement(String epoch, List<Entry> entries) {}

    /** Reads the epoch, then each entry after its length, all with spaces between. */
    public static Announcement announcement(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes, 0, bytes.length);
        String epoch = reader.word();
        List<Entry> entries = new ArrayList<>();
        while (!reader.isAtEnd()) {
            int length = Math.toIntExact(reader.decimal());
            int from = reader.position();
            entries.add(parse(new ByteReader(bytes, from, from + length)));
            reader.skip(length + 1);
        }
        return new Announcement(epoch, entries);
    }

    public static Entry parse(byte[] bytes) {
        return parse(new ByteReader(bytes, 0, bytes.length));
    }

    private static Entry parse(ByteReader reader) {
        String kind = reader.word();
        long offset = reader.decimal();
        Instant at = Times.instant(reader.decimal());
        switch (kind) {
            case "P":
                long ordinal = reader.decimal();
                reader.decimal();
                OperationId operation = operation(reader);
                Command.Publish body = Bodies.decode(reader);
                return new Entry.Published(
                        offset,
                        at,
                        operation,
                        ordinal,
                        body.message(),
                        body.topic(),
                        body.dispatch(),
                        body.excludeSender());
            case "J":
                return joined(reader, offset, at);
            case "L":
                return left(reader, offset, at);
            case "D":
                return new Entry.Deleted(offset, at, operation(reader));
            default:
                throw new IllegalArgumentException("an entry of kind " + kind + ", which only a newer server reads");
        }
    }

    private static Entry joined(ByteReader reader, long offset, Instant at) {
        OperationId operation = operation(reader);
        boolean first = reader.word().equals("1");
        boolean changed = reader.word().equals("1");
        Owner by = Texts.owner(reader.word());
        ActorId actor = new ActorId(reader.word());
        Membership membership = Memberships.parse(actor, reader.rest());
        return new Entry.Joined(offset, at, operation, membership, by, first, changed);
    }

    private static Entry left(ByteReader reader, long offset, Instant at) {
        OperationId operation = operation(reader);
        ActorId actor = new ActorId(reader.word());
        LeaveReason reason = LeaveReason.valueOf(reader.word());
        return new Entry.Left(offset, at, operation, actor, Memberships.parseIfAny(actor, reader.rest()), reason);
    }

    private static OperationId operation(ByteReader reader) {
        return new OperationId(new NodeId(reader.word()), reader.decimal(), reader.decimal());
    }
}

package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events for tests of this room, and how to say in a few letters which one came. */
final class Messages {
    static final GroupId G = GroupId.of("tenant", "namespace", "g");
    static final GroupId H = GroupId.of("tenant", "namespace", "h");

    private Messages() {}

    static Event.Delivered message(GroupId group, long offset, @Nullable String topic, int bytes) {
        Message message = new Message("", null, "", Bytes.wrap(new byte[bytes]), null, 0, null, Map.of(), "", "", "");
        return new Event.Delivered(
                group,
                "e",
                new Entry.Published(
                        offset,
                        Instant.EPOCH,
                        new OperationId(new NodeId("node"), 1, offset),
                        offset,
                        message,
                        topic == null ? null : new Topic(topic),
                        new Dispatch.All(),
                        false));
    }

    static Event.Updated updated(GroupId group, String actor, long offset) {
        NodeId node = new NodeId("node");
        Membership membership = Membership.first(
                new ActorId(actor),
                TopicFilter.ALL,
                new Membership.Holding(new Owner.Durable(node), node, 1, null),
                Instant.EPOCH,
                1);
        return new Event.Updated(group, offset, membership);
    }

    static Event.Left left(GroupId group, long offset) {
        return new Event.Left(group, offset, new ActorId("actor"), LeaveReason.LEFT);
    }

    /**
     * A message as {@code g7}, somebody who left as {@code left8}, and a gap as {@code g:2(0-3)}, in which two are
     * missed after offset 0 and before offset 3.
     */
    static String name(Event event) {
        if (event instanceof Event.Delivered delivered) {
            return delivered.group().name() + delivered.entry().offset();
        }
        if (event instanceof Event.Gap gap) {
            return gap.group().name() + ":" + gap.missed() + "(" + gap.from() + "-" + gap.to() + ")";
        }
        if (event instanceof Event.Left left) {
            return "left" + left.offset();
        }
        if (event instanceof Event.Updated updated) {
            return updated.membership().actor().value() + updated.offset();
        }
        throw new AssertionError(event);
    }

    /** The name, and after that as many bytes as the message has. */
    static byte[] encoded(Event event) {
        byte[] name = name(event).getBytes(StandardCharsets.US_ASCII);
        int size = event instanceof Event.Delivered delivered
                ? delivered.entry().message().payload().size()
                : name.length;
        if (size < name.length) {
            throw new IllegalArgumentException("too short for its name");
        }
        byte[] bytes = new byte[size];
        System.arraycopy(name, 0, bytes, 0, name.length);
        return bytes;
    }

    /** An answer of that name. */
    static byte[] answer(String name, int bytes) {
        byte[] encoded = new byte[bytes];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, encoded, 0, name.length());
        return encoded;
    }

    static String name(byte[] encoded) {
        return new String(encoded, StandardCharsets.US_ASCII).trim();
    }
}

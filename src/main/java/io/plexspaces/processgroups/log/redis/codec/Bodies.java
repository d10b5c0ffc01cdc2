package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.log.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of a message's entry that is known before the log accepts it: binary, as no script looks into it; after the
 * number of its format. When the script chooses the recipient, it joins the parts around the dispatch, so such a body
 * always has the first format.
 */
public final class Bodies {
    /** Of everything that is short: numbers, and the tags and lengths of names and payload. */
    private static final int FIELD_BYTES = 48;

    private static final int TIME_BYTES = 24;
    private static final int NAME_BYTES = 255;

    private static final int HAS_TOPIC = 1;
    private static final int HAS_SENDER = 2;
    private static final int HAS_TIMESTAMP = 4;
    private static final int HAS_TTL = 8;
    private static final int EXCLUDES_SENDER = 16;

    /** Behind everything else is who asked: a server that does not know this reads what is before it. */
    private static final int HAS_ASKER = 32;

    private static final int ALL = 0;
    private static final int TO = 1;
    private static final int ON_NODE = 2;
    private static final int NOBODY = 3;

    private Bodies() {}

    /** @param format one that this server writes */
    public static byte[] encode(Command.Publish publish, int format) {
        return format == Formats.FIRST
                ? encodeFirst(publish)
                : Fields.record(Formats.FIELDS, most(publish), out -> ProtoBodies.encode(publish, out));
    }

    /** Bytes that it takes at most. Names have one byte a character. */
    private static int most(Command.Publish publish) {
        Message message = publish.message();
        int names = (publish.topic() == null ? 0 : publish.topic().value().length())
                + (message.sender() == null ? 0 : message.sender().value().length())
                + (publish.dispatch() == Dispatch.ALL ? 0 : NAME_BYTES);
        int asker = publish.asker() == null ? 0 : NAME_BYTES + TIME_BYTES + FIELD_BYTES;
        int times = (message.timestamp() == null ? 0 : TIME_BYTES) + (message.ttl() == null ? 0 : TIME_BYTES);
        return FIELD_BYTES
                + names
                + asker
                + times
                + message.payload().array().length
                + Fields.most(message.id())
                + Fields.most(message.type())
                + Fields.most(message.headers())
                + Fields.most(message.idempotencyKey())
                + Fields.most(message.uriPath())
                + Fields.most(message.uriMethod());
    }

    /**
     * The body of a message whose recipient the appending script chooses.
     *
     * @param head what stands before the dispatch
     * @param tail what stands behind it
     */
    public record Open(byte[] head, byte[] tail) {}

    private static byte[] encodeFirst(Command.Publish publish) {
        ByteWriter writer = new ByteWriter(publish.message().weight());
        head(writer, publish);
        dispatch(writer, publish.dispatch());
        return tail(writer, publish);
    }

    /** The same without the dispatch, which one.lua writes. */
    public static Open encodeOpen(Command.Publish publish) {
        ByteWriter head = new ByteWriter(64);
        head(head, publish);
        return new Open(head.toBytes(), tail(new ByteWriter(publish.message().weight()), publish));
    }

    private static void head(ByteWriter writer, Command.Publish publish) {
        writer.number(Formats.FIRST).number(flags(publish));
        if (publish.topic() != null) {
            writer.text(publish.topic().value());
        }
    }

    private static byte[] tail(ByteWriter writer, Command.Publish publish) {
        Message message = publish.message();
        if (message.sender() != null) {
            writer.text(message.sender().value());
        }
        if (message.timestamp() != null) {
            writer.instant(message.timestamp());
        }
        if (message.ttl() != null) {
            writer.duration(message.ttl());
        }
        writer.text(message.id())
                .text(message.type())
                .bytes(message.payload())
                .number(message.priority())
                .texts(message.headers())
                .text(message.idempotencyKey())
                .text(message.uriPath())
                .text(message.uriMethod());
        Asker asker = publish.asker();
        if (asker != null) {
            writer.text(asker.node().value())
                    .number(asker.run())
                    .number(asker.ask())
                    .duration(asker.timeout());
        }
        return writer.toBytes();
    }

    static Command.Publish decode(ByteReader reader) {
        int format = reader.integer();
        if (format == Formats.FIELDS) {
            return Fields.parse(reader, ProtoBodies::decode);
        }
        if (format != Formats.FIRST) {
            throw new IllegalArgumentException("a message in format " + format + ", which only a newer server reads");
        }
        int flags = reader.integer();
        Topic topic = (flags & HAS_TOPIC) != 0 ? new Topic(reader.text()) : null;
        Dispatch dispatch = dispatch(reader);
        ActorId sender = (flags & HAS_SENDER) != 0 ? new ActorId(reader.text()) : null;
        Instant timestamp = (flags & HAS_TIMESTAMP) != 0 ? reader.instant() : null;
        Duration ttl = (flags & HAS_TTL) != 0 ? reader.duration() : null;
        Message message = message(reader, sender, timestamp, ttl);
        Asker asker = (flags & HAS_ASKER) != 0 ? asker(reader) : null;
        return new Command.Publish(message, topic, dispatch, (flags & EXCLUDES_SENDER) != 0, asker, false);
    }

    private static Message message(
            ByteReader reader, @Nullable ActorId sender, @Nullable Instant timestamp, @Nullable Duration ttl) {
        String id = reader.text();
        String type = reader.text();
        Bytes payload = reader.bytes();
        int priority = reader.integer();
        Map<String, String> headers = reader.texts();
        String key = reader.text();
        String path = reader.text();
        return new Message(id, sender, type, payload, timestamp, priority, ttl, headers, key, path, reader.text());
    }

    private static Asker asker(ByteReader reader) {
        return new Asker(new NodeId(reader.text()), reader.number(), reader.number(), reader.duration());
    }

    private static int flags(Command.Publish publish) {
        Message message = publish.message();
        return (publish.topic() != null ? HAS_TOPIC : 0)
                | (message.sender() != null ? HAS_SENDER : 0)
                | (message.timestamp() != null ? HAS_TIMESTAMP : 0)
                | (message.ttl() != null ? HAS_TTL : 0)
                | (publish.asker() != null ? HAS_ASKER : 0)
                | (publish.excludeSender() ? EXCLUDES_SENDER : 0);
    }

    private static void dispatch(ByteWriter writer, Dispatch dispatch) {
        if (dispatch instanceof Dispatch.To to) {
            writer.number(TO).text(to.actor().value()).number(to.joinedOffset());
        } else if (dispatch instanceof Dispatch.OnNode on) {
            writer.number(ON_NODE).text(on.node().value());
        } else {
            writer.number(dispatch instanceof Dispatch.Nobody ? NOBODY : ALL);
        }
    }

    private static Dispatch dispatch(ByteReader reader) {
        switch (reader.integer()) {
            case TO:
                return new Dispatch.To(new ActorId(reader.text()), reader.number());
            case ON_NODE:
                return new Dispatch.OnNode(new NodeId(reader.text()));
            case NOBODY:
                return new Dispatch.Nobody();
            default:
                return Dispatch.ALL;
        }
    }
}

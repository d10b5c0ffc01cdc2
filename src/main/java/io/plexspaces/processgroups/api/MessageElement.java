package io.plexspaces.processgroups.api;

import static com.google.protobuf.CodedOutputStream.computeBoolSize;
import static com.google.protobuf.CodedOutputStream.computeByteArraySize;
import static com.google.protobuf.CodedOutputStream.computeInt32Size;
import static com.google.protobuf.CodedOutputStream.computeInt64Size;
import static com.google.protobuf.CodedOutputStream.computeStringSize;
import static com.google.protobuf.CodedOutputStream.computeUInt64Size;

import com.google.protobuf.CodedOutputStream;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.proto.v1.Event;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The event of a message, written straight from the log's entry: byte for byte what the generated classes make of
 * {@link Events#message}, without the dozen objects they need for it. Every message is encoded here once.
 */
final class MessageElement extends EventElement {
    // Fields of plexspaces.actor.v1.Message, of a map entry, and of Timestamp and Duration alike.
    private static final int ID = io.plexspaces.processgroups.proto.v1.Message.ID_FIELD_NUMBER;
    private static final int SENDER = io.plexspaces.processgroups.proto.v1.Message.SENDER_ID_FIELD_NUMBER;
    private static final int TYPE = io.plexspaces.processgroups.proto.v1.Message.MESSAGE_TYPE_FIELD_NUMBER;
    private static final int PAYLOAD = io.plexspaces.processgroups.proto.v1.Message.PAYLOAD_FIELD_NUMBER;
    private static final int TIMESTAMP = io.plexspaces.processgroups.proto.v1.Message.TIMESTAMP_FIELD_NUMBER;
    private static final int PRIORITY = io.plexspaces.processgroups.proto.v1.Message.PRIORITY_FIELD_NUMBER;
    private static final int TTL = io.plexspaces.processgroups.proto.v1.Message.TTL_FIELD_NUMBER;
    private static final int HEADERS = io.plexspaces.processgroups.proto.v1.Message.HEADERS_FIELD_NUMBER;
    private static final int KEY = io.plexspaces.processgroups.proto.v1.Message.IDEMPOTENCY_KEY_FIELD_NUMBER;
    private static final int PATH = io.plexspaces.processgroups.proto.v1.Message.URI_PATH_FIELD_NUMBER;
    private static final int METHOD = io.plexspaces.processgroups.proto.v1.Message.URI_METHOD_FIELD_NUMBER;
    private static final int MAP_KEY = 1;
    private static final int MAP_VALUE = 2;
    private static final int SECONDS = 1;
    private static final int NANOS = 2;

    private final String group;
    private final String topic;
    private final Entry.Published entry;
    private final Message message;
    private final String sender;
    private final Instant timestamp;
    private final int messageSize;
    private final int eventSize;

    MessageElement(GroupId group, Entry.Published entry) {
        this.group = group.name();
        this.topic = entry.topic() == null ? "" : entry.topic().value();
        this.entry = entry;
        this.message = entry.message();
        this.sender = message.sender() == null ? "" : message.sender().value();
        this.timestamp = message.timestamp() == null ? entry.at() : message.timestamp();
        this.messageSize = messageSize();
        this.eventSize = text(Event.GROUP_NAME_FIELD_NUMBER, this.group)
                + computeUInt64Size(Event.OFFSET_FIELD_NUMBER, entry.offset())
                + text(Event.TOPIC_FIELD_NUMBER, topic)
                + nested(Event.MESSAGE_FIELD_NUMBER, messageSize)
                + (entry.asker() == null ? 0 : computeBoolSize(Event.REPLY_WANTED_FIELD_NUMBER, true));
    }

    private int messageSize() {
        int size = text(ID, message.id())
                + text(SENDER, sender)
                + text(TYPE, message.type())
                + nested(TIMESTAMP, timeSize(timestamp.getEpochSecond(), timestamp.getNano()))
                + text(KEY, message.idempotencyKey())
                + text(PATH, message.uriPath())
                + text(METHOD, message.uriMethod());
        if (message.payload().size() > 0) {
            size += computeByteArraySize(PAYLOAD, message.payload().array());
        }
        if (message.priority() != 0) {
            size += computeInt32Size(PRIORITY, message.priority());
        }
        Duration ttl = message.ttl();
        if (ttl != null) {
            size += nested(TTL, timeSize(ttl.getSeconds(), ttl.getNano()));
        }
        if (!message.headers().isEmpty()) {
            for (Map.Entry<String, String> header : message.headers().entrySet()) {
                size += nested(HEADERS, headerSize(header));
            }
        }
        return size;
    }

    @Override
    public int size() {
        return nested(FIELD, eventSize);
    }

    @Override
    void writeTo(CodedOutputStream out) throws IOException {
        begin(out, FIELD, eventSize);
        write(out, Event.GROUP_NAME_FIELD_NUMBER, group);
        out.writeUInt64(Event.OFFSET_FIELD_NUMBER, entry.offset());
        write(out, Event.TOPIC_FIELD_NUMBER, topic);
        begin(out, Event.MESSAGE_FIELD_NUMBER, messageSize);
        write(out, ID, message.id());
        write(out, SENDER, sender);
        write(out, TYPE, message.type());
        if (message.payload().size() > 0) {
            out.writeByteArray(PAYLOAD, message.payload().array());
        }
        writeTime(out, TIMESTAMP, timestamp.getEpochSecond(), timestamp.getNano());
        if (message.priority() != 0) {
            out.writeInt32(PRIORITY, message.priority());
        }
        Duration ttl = message.ttl();
        if (ttl != null) {
            writeTime(out, TTL, ttl.getSeconds(), ttl.getNano());
        }
        if (!message.headers().isEmpty()) {
            writeHeaders(out, message.headers());
        }
        write(out, KEY, message.idempotencyKey());
        write(out, PATH, message.uriPath());
        write(out, METHOD, message.uriMethod());
        if (entry.asker() != null) {
            out.writeBool(Event.REPLY_WANTED_FIELD_NUMBER, true);
        }
    }

    private static void writeHeaders(CodedOutputStream out, Map<String, String> headers) throws IOException {
        for (Map.Entry<String, String> header : headers.entrySet()) {
            begin(out, HEADERS, headerSize(header));
            out.writeString(MAP_KEY, header.getKey());
            out.writeString(MAP_VALUE, header.getValue());
        }
    }

    /** A map's entry holds key and value even where they are empty. */
    private static int headerSize(Map.Entry<String, String> header) {
        return computeStringSize(MAP_KEY, header.getKey()) + computeStringSize(MAP_VALUE, header.getValue());
    }

    private static void writeTime(CodedOutputStream out, int field, long seconds, int nanos) throws IOException {
        begin(out, field, timeSize(seconds, nanos));
        if (seconds != 0) {
            out.writeInt64(SECONDS, seconds);
        }
        if (nanos != 0) {
            out.writeInt32(NANOS, nanos);
        }
    }

    private static int timeSize(long seconds, int nanos) {
        return (seconds == 0 ? 0 : computeInt64Size(SECONDS, seconds))
                + (nanos == 0 ? 0 : computeInt32Size(NANOS, nanos));
    }
}

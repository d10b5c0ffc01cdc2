package io.plexspaces.processgroups.log.redis.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.log.Command;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of format 2: what {@code Body} of {@code docs/store.md} describes, in protobuf's wire format. Fields that are
 * not known are passed over; a field that a reader has to understand needs a format of its own.
 */
final class ProtoBodies {
    private static final int TOPIC = 1;
    private static final int TO_ACTOR = 2;
    private static final int TO_JOINED_OFFSET = 3;
    private static final int ON_NODE = 4;
    private static final int NOBODY = 5;
    private static final int EXCLUDE_SENDER = 6;
    private static final int SENDER = 7;
    private static final int TIMESTAMP_SECONDS = 8;
    private static final int TIMESTAMP_NANOS = 9;
    private static final int TTL_SECONDS = 10;
    private static final int TTL_NANOS = 11;
    private static final int ID = 12;
    private static final int TYPE = 13;
    private static final int PAYLOAD = 14;
    private static final int PRIORITY = 15;
    private static final int HEADERS = 16;
    private static final int IDEMPOTENCY_KEY = 17;
    private static final int URI_PATH = 18;
    private static final int URI_METHOD = 19;
    private static final int ASKER_NODE = 20;
    private static final int ASKER_RUN = 21;
    private static final int ASKER_ASK = 22;
    private static final int ASKER_TIMEOUT_MILLIS = 23;

    private ProtoBodies() {}

    static void encode(Command.Publish publish, CodedOutputStream out) throws IOException {
        Message message = publish.message();
        if (publish.topic() != null) {
            out.writeString(TOPIC, publish.topic().value());
        }
        encode(publish.dispatch(), out);
        if (publish.excludeSender()) {
            out.writeBool(EXCLUDE_SENDER, true);
        }
        if (message.sender() != null) {
            out.writeString(SENDER, message.sender().value());
        }
        Instant timestamp = message.timestamp();
        if (timestamp != null) {
            out.writeSInt64(TIMESTAMP_SECONDS, timestamp.getEpochSecond());
            Fields.number(out, TIMESTAMP_NANOS, timestamp.getNano());
        }
        Duration ttl = message.ttl();
        if (ttl != null) {
            out.writeSInt64(TTL_SECONDS, ttl.getSeconds());
            Fields.number(out, TTL_NANOS, ttl.getNano());
        }
        Fields.text(out, ID, message.id());
        Fields.text(out, TYPE, message.type());
        if (message.payload().array().length > 0) {
            out.writeByteArray(PAYLOAD, message.payload().array());
        }
        if (message.priority() != 0) {
            out.writeSInt32(PRIORITY, message.priority());
        }
        Fields.texts(out, HEADERS, message.headers());
        Fields.text(out, IDEMPOTENCY_KEY, message.idempotencyKey());
        Fields.text(out, URI_PATH, message.uriPath());
        Fields.text(out, URI_METHOD, message.uriMethod());
        Asker asker = publish.asker();
        if (asker != null) {
            out.writeString(ASKER_NODE, asker.node().value());
            Fields.number(out, ASKER_RUN, asker.run());
            Fields.number(out, ASKER_ASK, asker.ask());
            Fields.number(out, ASKER_TIMEOUT_MILLIS, asker.timeout().toMillis());
        }
    }

    private static void encode(Dispatch dispatch, CodedOutputStream out) throws IOException {
        if (dispatch instanceof Dispatch.To to) {
            out.writeString(TO_ACTOR, to.actor().value());
            out.writeInt64(TO_JOINED_OFFSET, to.joinedOffset());
        } else if (dispatch instanceof Dispatch.OnNode on) {
            out.writeString(ON_NODE, on.node().value());
        } else if (dispatch instanceof Dispatch.Nobody) {
            out.writeBool(NOBODY, true);
        }
    }

    static Command.Publish decode(CodedInputStream in) throws IOException {
        Draft draft = new Draft();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!draft.take(WireFormat.getTagFieldNumber(tag), in)) {
                in.skipField(tag);
            }
        }
        return draft.publish();
    }

    /** What has been read so far. */
    private static final class Draft {
        private @Nullable Topic topic;
        private Dispatch dispatch = Dispatch.ALL;
        private @Nullable ActorId to;
        private long toJoinedOffset;
        private boolean excludeSender;
        private @Nullable ActorId sender;
        private @Nullable Instant timestamp;
        private @Nullable Duration ttl;
        private String id = "";
        private String type = "";
        private Bytes payload = NONE;
        private int priority;
        private Map<String, String> headers = Map.of();
        private String key = "";
        private String path = "";
        private String method = "";
        private @Nullable NodeId askerNode;
        private long askerRun;
        private long ask;
        private long timeoutMillis;

        private static final Bytes NONE = Bytes.wrap(new byte[0]);

        /** False: the field is not known. */
        boolean take(int field, CodedInputStream in) throws IOException {
            switch (field) {
                case TOPIC -> topic = new Topic(in.readString());
                case TO_ACTOR -> to = new ActorId(in.readString());
                case TO_JOINED_OFFSET -> toJoinedOffset = in.readInt64();
                case ON_NODE -> dispatch = new Dispatch.OnNode(new NodeId(in.readString()));
                case NOBODY -> dispatch = in.readBool() ? new Dispatch.Nobody() : Dispatch.ALL;
                case EXCLUDE_SENDER -> excludeSender = in.readBool();
                case SENDER -> sender = new ActorId(in.readString());
                case TIMESTAMP_SECONDS -> timestamp = Instant.ofEpochSecond(in.readSInt64());
                case TIMESTAMP_NANOS -> {
                    long nanos = in.readInt64();
                    timestamp = timestamp == null ? null : timestamp.plusNanos(nanos);
                }
                case TTL_SECONDS -> ttl = Duration.ofSeconds(in.readSInt64());
                case TTL_NANOS -> {
                    long nanos = in.readInt64();
                    ttl = ttl == null ? null : ttl.plusNanos(nanos);
                }
                case ID -> id = in.readString();
                case TYPE -> type = in.readString();
                case PAYLOAD -> payload = Bytes.wrap(in.readByteArray());
                case PRIORITY -> priority = in.readSInt32();
                case HEADERS -> {
                    headers = headers.isEmpty() ? new HashMap<>() : headers;
                    Fields.entry(in, headers);
                }
                case IDEMPOTENCY_KEY -> key = in.readString();
                case URI_PATH -> path = in.readString();
                case URI_METHOD -> method = in.readString();
                case ASKER_NODE -> askerNode = new NodeId(in.readString());
                case ASKER_RUN -> askerRun = in.readInt64();
                case ASKER_ASK -> ask = in.readInt64();
                case ASKER_TIMEOUT_MILLIS -> timeoutMillis = in.readInt64();
                default -> {
                    return false;
                }
            }
            return true;
        }

        Command.Publish publish() {
            Message message =
                    new Message(id, sender, type, payload, timestamp, priority, ttl, headers, key, path, method);
            Dispatch settled = to == null ? dispatch : new Dispatch.To(to, toJoinedOffset);
            Asker asker =
                    askerNode == null ? null : new Asker(askerNode, askerRun, ask, Duration.ofMillis(timeoutMillis));
            return new Command.Publish(message, topic, settled, excludeSender, asker, false);
        }
    }
}

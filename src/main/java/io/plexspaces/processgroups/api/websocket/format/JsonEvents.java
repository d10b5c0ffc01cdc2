package io.plexspaces.processgroups.api.websocket.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.plexspaces.processgroups.core.delivery.Event.Delivered;
import io.plexspaces.processgroups.core.delivery.Event.Replied;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as text frames, each a {@code SessionResponse} with one event in proto3 JSON. What is sent often is written
 * field by field; both ways give the same JSON, but that a message's payload is {@code data}, {@code text} or
 * {@code payload}, whichever it can be.
 */
final class JsonEvents {
    private static final int ENVELOPE_BYTES = 320;
    private static final byte[] HEAD = "{\"events\":[".getBytes(UTF_8);
    private static final byte[] TAIL = "]}".getBytes(UTF_8);
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private JsonEvents() {}

    /** Writes the members of one event. */
    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    static byte[] encode(Delivered event) {
        Entry.Published entry = event.entry();
        return frame(ENVELOPE_BYTES + entry.message().payload().size(), out -> {
            out.writeStringField("groupName", event.group().name());
            unsigned(out, "offset", entry.offset());
            if (entry.topic() != null) {
                out.writeStringField("topic", entry.topic().value());
            }
            out.writeObjectFieldStart("message");
            message(out, entry.message(), entry.at());
            out.writeEndObject();
            if (entry.asker() != null) {
                out.writeBooleanField("replyWanted", true);
            }
        });
    }

    static byte[] encode(Replied event) {
        return frame(ENVELOPE_BYTES + event.message().payload().size(), out -> {
            out.writeStringField("groupName", event.group().name());
            out.writeObjectFieldStart("reply");
            unsigned(out, "requestId", event.number());
            out.writeStringField("actorId", event.actor().value());
            out.writeObjectFieldStart("message");
            message(out, event.message(), null);
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    /** @param event any but a {@code message} or a {@code reply} */
    static byte[] encode(Event event) {
        if (event.getKindCase() == Event.KindCase.ANSWER && event.getAnswer().hasPublished()) {
            return published(event.getAnswer());
        }
        try {
            byte[] json = PRINTER.print(printable(event)).getBytes(UTF_8);
            FrameBuffer frame = new FrameBuffer(json.length + HEAD.length + TAIL.length);
            frame.write(HEAD, 0, HEAD.length);
            frame.write(json, 0, json.length);
            frame.write(TAIL, 0, TAIL.length);
            return frame.frame(FrameHeader.TEXT);
        } catch (InvalidProtocolBufferException unprintable) {
            throw new IllegalArgumentException(unprintable);
        }
    }

    /** Annotations are of types that only their writers know, for which proto3 JSON has no form. */
    private static Event printable(Event event) {
        if (event.getGroupCreated().getMetadata().getAnnotationsCount() == 0) {
            return event;
        }
        Event.Builder printable = event.toBuilder();
        printable.getGroupCreatedBuilder().getMetadataBuilder().clearAnnotations();
        return printable.build();
    }

    private static byte[] published(Answer answer) {
        return frame(ENVELOPE_BYTES, out -> {
            out.writeObjectFieldStart("answer");
            unsigned(out, "requestId", answer.getRequestId());
            out.writeObjectFieldStart("published");
            published(out, answer.getPublished());
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private static void published(JsonGenerator out, PublishToGroupResponse result) throws IOException {
        count(out, "recipientsCount", result.getRecipientsCount());
        count(out, "failuresCount", result.getFailuresCount());
        if (result.getRecipientsPerNodeCount() > 0) {
            out.writeObjectFieldStart("recipientsPerNode");
            for (Map.Entry<String, Integer> node :
                    result.getRecipientsPerNodeMap().entrySet()) {
                out.writeNumberField(node.getKey(), Integer.toUnsignedLong(node.getValue()));
            }
            out.writeEndObject();
        }
        if (result.getRecipientIdsCount() > 0) {
            out.writeArrayFieldStart("recipientIds");
            for (String id : result.getRecipientIdsList()) {
                out.writeString(id);
            }
            out.writeEndArray();
        }
        if (result.getRecipientIdsTruncated()) {
            out.writeBooleanField("recipientIdsTruncated", true);
        }
        text(out, "epoch", result.getEpoch());
        unsigned(out, "offset", result.getOffset());
        if (result.getDuplicate()) {
            out.writeBooleanField("duplicate", true);
        }
        if (result.getRecipientsPerNodeTruncated()) {
            out.writeBooleanField("recipientsPerNodeTruncated", true);
        }
    }

    /** @param at its time if it names none; null: it has none then */
    private static void message(JsonGenerator out, Message message, @Nullable Instant at) throws IOException {
        text(out, "id", message.id());
        if (message.sender() != null) {
            out.writeStringField("senderId", message.sender().value());
        }
        text(out, "messageType", message.type());
        payload(out, message.payload());
        Instant time = message.timestamp() == null ? at : message.timestamp();
        if (time != null) {
            out.writeStringField("timestamp", time.toString());
        }
        if (message.priority() != 0) {
            out.writeNumberField("priority", message.priority());
        }
        ttl(out, message.ttl());
        if (!message.headers().isEmpty()) {
            out.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : message.headers().entrySet()) {
                out.writeStringField(header.getKey(), header.getValue());
            }
            out.writeEndObject();
        }
        text(out, "idempotencyKey", message.idempotencyKey());
        text(out, "uriPath", message.uriPath());
        text(out, "uriMethod", message.uriMethod());
    }

    private static void payload(JsonGenerator out, Bytes payload) throws IOException {
        byte[] bytes = payload.array();
        if (bytes.length == 0) {
            return;
        }
        if (!JsonText.isUtf8(bytes)) {
            out.writeFieldName("payload");
            out.writeBinary(bytes);
        } else if (JsonText.isValue(bytes)) {
            out.writeFieldName("data");
            out.writeRawValue(new RawJson(bytes));
        } else {
            out.writeFieldName("text");
            out.writeUTF8String(bytes, 0, bytes.length);
        }
    }

    private static void ttl(JsonGenerator out, @Nullable Duration ttl) throws IOException {
        if (ttl != null) {
            out.writeStringField(
                    "ttl",
                    Durations.toString(com.google.protobuf.Duration.newBuilder()
                            .setSeconds(ttl.getSeconds())
                            .setNanos(ttl.getNano())
                            .build()));
        }
    }

    private static void text(JsonGenerator out, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            out.writeStringField(name, value);
        }
    }

    private static void count(JsonGenerator out, String name, int unsigned) throws IOException {
        if (unsigned != 0) {
            out.writeNumberField(name, Integer.toUnsignedLong(unsigned));
        }
    }

    private static void unsigned(JsonGenerator out, String name, long value) throws IOException {
        if (value != 0) {
            out.writeStringField(name, Long.toUnsignedString(value));
        }
    }

    private static byte[] frame(int expected, Body event) {
        FrameBuffer frame = new FrameBuffer(expected);
        try (JsonGenerator out = JsonText.generator(frame)) {
            out.writeStartObject();
            out.writeArrayFieldStart("events");
            out.writeStartObject();
            event.write(out);
            out.writeEndObject();
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return frame.frame(FrameHeader.TEXT);
    }
}

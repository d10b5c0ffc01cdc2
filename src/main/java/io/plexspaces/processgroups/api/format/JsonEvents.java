package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.util.Durations;
import io.plexspaces.processgroups.api.Events;
import io.plexspaces.processgroups.core.delivery.Event.Delivered;
import io.plexspaces.processgroups.core.delivery.Event.Replied;
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
 * Events in proto3 JSON. What is sent often is written field by field; both ways give the same JSON, but that a
 * message's payload is {@code data}, {@code text} or {@code payload}, whichever it can be.
 */
public final class JsonEvents {
    private static final int ENVELOPE_BYTES = 320;

    private JsonEvents() {}

    /** Writes the members of one event. */
    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    /** About how many bytes {@link #write} writes. */
    public static int expectedBytes(io.plexspaces.processgroups.core.delivery.Event event) {
        if (event instanceof Delivered message) {
            return ENVELOPE_BYTES + message.entry().message().payload().size();
        }
        return ENVELOPE_BYTES
                + (event instanceof Replied reply ? reply.message().payload().size() : 0);
    }

    /** Writes one event, as an object. */
    public static void write(io.plexspaces.processgroups.core.delivery.Event event, EventBuffer to) {
        if (event instanceof Delivered message) {
            object(to, out -> delivered(out, message));
        } else if (event instanceof Replied reply) {
            object(to, out -> replied(out, reply));
        } else {
            write(Events.toProto(event), to);
        }
    }

    /** Writes one event, as an object. */
    public static void write(Event event, EventBuffer to) {
        if (event.getKindCase() == Event.KindCase.ANSWER && event.getAnswer().hasPublished()) {
            object(to, out -> published(out, event.getAnswer()));
        } else {
            JsonAnswers.write(event, to);
        }
    }

    private static void delivered(JsonGenerator out, Delivered event) throws IOException {
        Entry.Published entry = event.entry();
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
    }

    private static void replied(JsonGenerator out, Replied event) throws IOException {
        out.writeStringField("groupName", event.group().name());
        out.writeObjectFieldStart("reply");
        unsigned(out, "requestId", event.number());
        out.writeStringField("actorId", event.actor().value());
        out.writeObjectFieldStart("message");
        message(out, event.message(), null);
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void published(JsonGenerator out, Answer answer) throws IOException {
        out.writeObjectFieldStart("answer");
        unsigned(out, "requestId", answer.getRequestId());
        out.writeObjectFieldStart("published");
        published(out, answer.getPublished());
        out.writeEndObject();
        out.writeEndObject();
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
        JsonPayloads.write(out, message.payload().array());
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

    private static void object(EventBuffer to, Body event) {
        try (JsonGenerator out = JsonText.generator(to)) {
            out.writeStartObject();
            event.write(out);
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}

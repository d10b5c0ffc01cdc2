package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Answers in proto3 JSON, as protobuf's own printer writes it: but a message's payload is {@code data}, {@code text} or
 * {@code payload}, whichever it can be, and annotations are left out, as they are of types that only their writers
 * know, for which proto3 JSON has no form.
 */
public final class JsonAnswers {
    private static final String MESSAGE =
            io.plexspaces.processgroups.proto.v1.Message.getDescriptor().getFullName();
    private static final String ANY = "google.protobuf.Any";

    private JsonAnswers() {}

    /** Writes it as one object. */
    public static void write(Message answer, EventBuffer to) {
        try (JsonGenerator out = JsonText.generator(to)) {
            object(out, answer);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The same as a value of what is written already. */
    public static void write(Message answer, JsonGenerator to) throws IOException {
        object(to, answer);
    }

    private static void object(JsonGenerator out, MessageOrBuilder message) throws IOException {
        boolean isMessage = message.getDescriptorForType().getFullName().equals(MESSAGE);
        out.writeStartObject();
        for (Map.Entry<FieldDescriptor, Object> each : message.getAllFields().entrySet()) {
            FieldDescriptor field = each.getKey();
            if (isMessage && field.getName().equals("payload")) {
                JsonPayloads.write(out, ((ByteString) each.getValue()).toByteArray());
            } else if (field.isMapField()) {
                map(out, field, (List<?>) each.getValue());
            } else if (field.isRepeated()) {
                array(out, field, (List<?>) each.getValue());
            } else {
                out.writeFieldName(field.getJsonName());
                value(out, field, each.getValue());
            }
        }
        out.writeEndObject();
    }

    private static void array(JsonGenerator out, FieldDescriptor field, List<?> values) throws IOException {
        out.writeArrayFieldStart(field.getJsonName());
        for (Object value : values) {
            value(out, field, value);
        }
        out.writeEndArray();
    }

    private static void map(JsonGenerator out, FieldDescriptor field, List<?> entries) throws IOException {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        if (value.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && value.getMessageType().getFullName().equals(ANY)) {
            return;
        }
        out.writeObjectFieldStart(field.getJsonName());
        for (Object each : entries) {
            MessageOrBuilder entry = (MessageOrBuilder) each;
            out.writeFieldName(String.valueOf(entry.getField(key)));
            value(out, value, entry.getField(value));
        }
        out.writeEndObject();
    }

    private static void value(JsonGenerator out, FieldDescriptor field, Object value) throws IOException {
        switch (field.getType()) {
            case STRING -> out.writeString((String) value);
            case BYTES -> out.writeBinary(((ByteString) value).toByteArray());
            case BOOL -> out.writeBoolean((Boolean) value);
            case INT32 -> out.writeNumber((Integer) value);
            case UINT32 -> out.writeNumber(Integer.toUnsignedLong((Integer) value));
            case INT64 -> out.writeString(Long.toString((Long) value));
            case UINT64 -> out.writeString(Long.toUnsignedString((Long) value));
            case ENUM -> choice(out, (EnumValueDescriptor) value);
            case MESSAGE -> nested(out, (Message) value);
            default -> throw new IllegalStateException("no field of an answer is " + field.getType());
        }
    }

    private static void choice(JsonGenerator out, EnumValueDescriptor value) throws IOException {
        if (value.getIndex() < 0) {
            out.writeNumber(value.getNumber());
        } else {
            out.writeString(value.getName());
        }
    }

    private static void nested(JsonGenerator out, Message value) throws IOException {
        if (value instanceof Timestamp time) {
            out.writeString(Timestamps.toString(time));
        } else if (value instanceof Duration duration) {
            out.writeString(Durations.toString(duration));
        } else {
            object(out, value);
        }
    }
}

package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.plexspaces.processgroups.api.Encoded;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Fields of proto3 JSON, straight from a parser into builders: no tree between, and every refusal names its field.
 * Bytes of {@code data} are taken as they stand in the text, so that numbers of any size and the order of keys survive.
 */
public final class JsonFields {
    private static final Descriptor MESSAGE = io.plexspaces.processgroups.proto.v1.Message.getDescriptor();
    private static final FieldDescriptor PAYLOAD = MESSAGE.findFieldByName("payload");

    private final Map<Descriptor, Map<String, FieldDescriptor>> byName = new HashMap<>();

    /** Knows the fields of {@code root} and of all messages inside it. */
    public JsonFields(Descriptor root) {
        learn(root);
    }

    private void learn(Descriptor type) {
        if (byName.containsKey(type)) {
            return;
        }
        Map<String, FieldDescriptor> names = new HashMap<>();
        byName.put(type, names);
        for (FieldDescriptor field : type.getFields()) {
            names.put(field.getJsonName(), field);
            names.put(field.getName(), field);
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                learn(field.getMessageType());
            }
        }
    }

    /**
     * Reads the members of the object that {@code in} stands at the start of, to its end.
     *
     * @param text all that {@code in} reads
     * @param path what to put before names of fields: empty, or ending with a dot
     * @throws GroupException INVALID_ARGUMENT naming the field
     * @throws IOException malformed JSON
     */
    public void read(JsonParser in, byte[] text, Message.Builder into, String path) throws IOException {
        boolean hasPayload = false;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            if (into.getDescriptorForType() == MESSAGE && isPayload(name)) {
                if (value == JsonToken.VALUE_NULL && !name.equals("data")) {
                    continue;
                }
                if (hasPayload) {
                    throw GroupException.invalid(path + "payload", "give one of data, text and payload");
                }
                hasPayload = true;
                into.setField(PAYLOAD, payload(in, text, name, path));
            } else {
                readField(in, text, into, name, path);
            }
        }
    }

    /** Reads the value that {@code in} stands at into the field called {@code name}. */
    public void readField(JsonParser in, byte[] text, Message.Builder into, String name, String path)
            throws IOException {
        Map<String, FieldDescriptor> names = byName.get(into.getDescriptorForType());
        FieldDescriptor field = names == null ? null : names.get(name);
        if (field == null) {
            throw GroupException.invalid(path + shown(name), "unknown field");
        }
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        String at = path + field.getName();
        OneofDescriptor choice = field.getRealContainingOneof();
        if (choice != null && into.hasOneof(choice)) {
            throw GroupException.invalid(at, "only one " + choice.getName() + " may be set");
        }
        if (field.isMapField()) {
            readMap(in, into, field, at);
        } else if (field.isRepeated()) {
            readArray(in, text, into, field, at);
        } else {
            // What a oneof holds is the request itself, whose fields are named without it.
            into.setField(field, value(in, text, into, field, choice == null ? at : ""));
        }
    }

    private void readArray(JsonParser in, byte[] text, Message.Builder into, FieldDescriptor field, String at)
            throws IOException {
        expect(in, JsonToken.START_ARRAY, at, "must be an array");
        while (in.nextToken() != JsonToken.END_ARRAY) {
            checkRoom(into.getRepeatedFieldCount(field), at);
            into.addRepeatedField(field, value(in, text, into, field, at));
        }
    }

    private static void readMap(JsonParser in, Message.Builder into, FieldDescriptor field, String at)
            throws IOException {
        expect(in, JsonToken.START_OBJECT, at, "must be an object");
        Descriptor entry = field.getMessageType();
        if (entry.findFieldByNumber(2).getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            throw GroupException.invalid(at, "has no form in JSON: give it in protobuf");
        }
        int entries = 0;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            checkRoom(entries++, at);
            String key = JsonScalars.wellFormed(in.currentName(), at);
            in.nextToken();
            into.addRepeatedField(
                    field,
                    into.newBuilderForField(field)
                            .setField(entry.findFieldByNumber(1), key)
                            .setField(entry.findFieldByNumber(2), JsonScalars.text(in, at))
                            .build());
        }
    }

    /** Making objects of elements takes much longer than reading them. */
    private static void checkRoom(int elements, String at) {
        if (elements == Encoded.MOST_ELEMENTS) {
            throw GroupException.invalid(at, "must be at most " + Encoded.MOST_ELEMENTS);
        }
    }

    private Object value(JsonParser in, byte[] text, Message.Builder into, FieldDescriptor field, String at)
            throws IOException {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return JsonScalars.read(in, field, at);
        }
        switch (field.getMessageType().getFullName()) {
            case "google.protobuf.Timestamp":
                return JsonScalars.timestamp(in, at);
            case "google.protobuf.Duration":
                return JsonScalars.duration(in, at);
            default:
                expect(in, JsonToken.START_OBJECT, at.isEmpty() ? field.getName() : at, "must be an object");
                Message.Builder nested = into.newBuilderForField(field);
                read(in, text, nested, at.isEmpty() ? "" : at + ".");
                return nested.build();
        }
    }

    private static boolean isPayload(String name) {
        return name.equals("data") || name.equals("text") || name.equals("payload");
    }

    private static ByteString payload(JsonParser in, byte[] text, String name, String path) throws IOException {
        return switch (name) {
            case "data" -> ByteString.copyFrom(JsonText.value(in, text));
            case "text" -> ByteString.copyFromUtf8(JsonScalars.text(in, path + "payload"));
            default -> JsonScalars.bytes(in, path + "payload");
        };
    }

    private static void expect(JsonParser in, JsonToken token, String at, String message) {
        if (in.currentToken() != token) {
            throw GroupException.invalid(at, message);
        }
    }

    /** A name that a client made up, as it may appear in an answer. */
    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(name.length(), 64); i++) {
            char c = name.charAt(i);
            shown.append(c > ' ' && c < 127 ? c : '?');
        }
        return shown.toString();
    }
}

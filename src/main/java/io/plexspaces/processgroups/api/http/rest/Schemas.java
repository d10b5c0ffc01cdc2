package io.plexspaces.processgroups.api.http.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** Messages of the proto as schemas of their JSON. */
final class Schemas {
    private static final String REFERENCE = "#/components/schemas/";
    private static final String MESSAGE = "Message";

    private final ObjectNode schemas;

    /** @param schemas where they are put by their names */
    Schemas(ObjectNode schemas) {
        this.schemas = schemas;
    }

    /** Where the schema of a message stands. */
    String reference(Descriptor type) {
        String name = name(type);
        if (!schemas.has(name)) {
            ObjectNode schema = schemas.putObject(name).put("type", "object");
            ObjectNode properties = schema.putObject("properties");
            type.getFields().forEach(field -> {
                if (!isAnnotations(field)) {
                    property(properties.putObject(field.getJsonName()), field);
                }
            });
            if (name.equals(MESSAGE)) {
                properties.putObject("data").put("description", "The payload, where it is JSON.");
                properties
                        .putObject("text")
                        .put("type", "string")
                        .put("description", "The payload, where it is other text.");
            }
        }
        return REFERENCE + name;
    }

    private static String name(Descriptor type) {
        Descriptor outer = type.getContainingType();
        return outer == null ? type.getName() : name(outer) + "." + type.getName();
    }

    /** Of types that only their writers know: JSON has no form for them. */
    private static boolean isAnnotations(FieldDescriptor field) {
        return field.isMapField()
                && field.getMessageType().findFieldByNumber(2).getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    }

    private void property(ObjectNode to, FieldDescriptor field) {
        if (field.isMapField()) {
            to.put("type", "object");
            value(to.putObject("additionalProperties"), field.getMessageType().findFieldByNumber(2));
        } else if (field.isRepeated()) {
            to.put("type", "array");
            value(to.putObject("items"), field);
        } else {
            value(to, field);
        }
    }

    private void value(ObjectNode to, FieldDescriptor field) {
        switch (field.getType()) {
            case BOOL -> to.put("type", "boolean");
            case INT32 -> to.put("type", "integer").put("format", "int32");
            case UINT32 -> to.put("type", "integer").put("minimum", 0);
            case INT64, UINT64 -> to.put("type", "string").put("pattern", "^-?[0-9]+$");
            case BYTES -> to.put("type", "string").put("format", "byte");
            case ENUM -> choices(to, field);
            case MESSAGE -> nested(to, field.getMessageType());
            default -> to.put("type", "string");
        }
    }

    private static void choices(ObjectNode to, FieldDescriptor field) {
        ArrayNode names = to.put("type", "string").putArray("enum");
        field.getEnumType().getValues().stream()
                .map(EnumValueDescriptor::getName)
                .forEach(names::add);
    }

    private void nested(ObjectNode to, Descriptor type) {
        switch (type.getFullName()) {
            case "google.protobuf.Timestamp" -> to.put("type", "string").put("format", "date-time");
            case "google.protobuf.Duration" -> to.put("type", "string").put("pattern", "^-?[0-9]+(\\.[0-9]+)?s$");
            default -> to.put("$ref", reference(type));
        }
    }
}

package io.plexspaces.processgroups.cli.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object, as requests and answers are: what is missing reads as empty, as in proto3. Jackson's streams and a
 * map, as its data binding would take longer to load than a command may take. Not for several threads while it
 * changes.
 */
public final class Json {
    /** Deeper is no answer of a server. */
    private static final int DEEPEST = 200;

    /** What stands as it was written, so that numbers of any size and the order of keys survive. */
    private static final String VERBATIM = "data";

    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Map<String, @Nullable Object> fields;

    private Json(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    /** JSON that is not looked into. */
    private record Raw(String text) {}

    /** Without fields. */
    public static Json object() {
        return new Json(new LinkedHashMap<>());
    }

    /** With these fields. */
    public static Json of(Map<String, String> texts) {
        return new Json(new LinkedHashMap<>(texts));
    }

    /** @throws IllegalArgumentException the text is not one JSON object */
    public static Json parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            Json read = read(parser, text, 0);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("more than one JSON object");
            }
            return read;
        } catch (IOException malformed) {
            throw new IllegalArgumentException("malformed JSON", malformed);
        }
    }

    private static Json read(JsonParser parser, String text, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("JSON is nested too deep");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            fields.put(name, name.equals(VERBATIM) ? verbatim(parser, text) : value(parser, token, text, depth));
        }
        return new Json(fields);
    }

    private static Raw verbatim(JsonParser parser, String text) throws IOException {
        int from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        return new Raw(text.substring(from, (int) parser.currentLocation().getCharOffset())
                .strip());
    }

    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token, String text, int depth)
            throws IOException {
        if (token == null) {
            throw new IllegalArgumentException("malformed JSON");
        }
        return switch (token) {
            case START_OBJECT -> read(parser, text, depth + 1);
            case START_ARRAY -> list(parser, text, depth + 1);
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> new Raw(parser.getText());
        };
    }

    private static List<@Nullable Object> list(JsonParser parser, String text, int depth) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY) {
            elements.add(value(parser, token, text, depth));
            token = parser.nextToken();
        }
        return elements;
    }

    /** Sets a field, unless the value says nothing: an empty text or list, 0, false, null. Gives this one. */
    public Json with(String name, @Nullable Object value) {
        boolean empty = value == null
                || value.equals("")
                || value.equals(false)
                || (value instanceof Number number && number.longValue() == 0)
                || (value instanceof List<?> list && list.isEmpty());
        if (!empty) {
            fields.put(name, value);
        }
        return this;
    }

    /** Sets a field, whatever the value. */
    public Json put(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /** Sets a field to what it is in another object, if it is there. Gives this one. */
    public Json copy(String name, Json other) {
        if (other.has(name)) {
            fields.put(name, other.fields.get(name));
        }
        return this;
    }

    /** Whether there is such a field, and it is not null. */
    public boolean has(String name) {
        return fields.get(name) != null;
    }

    /** The fields there are, in their order. */
    public List<String> names() {
        return List.copyOf(fields.keySet());
    }

    /** A text; of anything else its JSON; empty: missing. */
    public String text(String name) {
        Object value = fields.get(name);
        return value == null ? "" : value instanceof Raw raw ? raw.text() : value.toString();
    }

    /** A number, also where it is written as a text; 0: missing, or none. */
    public long number(String name) {
        try {
            String text = text(name);
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    /** Whether it is true. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    /** An object; one without fields: missing. */
    public Json object(String name) {
        return fields.get(name) instanceof Json json ? json : object();
    }

    /** The objects in a list. */
    public List<Json> objects(String name) {
        return fields.get(name) instanceof List<?> list
                ? list.stream()
                        .filter(Json.class::isInstance)
                        .map(Json.class::cast)
                        .toList()
                : List.of();
    }

    /** The texts in a list. */
    public List<String> texts(String name) {
        return fields.get(name) instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    /** In one line. */
    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(generator, this);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        return text.toString();
    }

    private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
        if (value instanceof Json json) {
            generator.writeStartObject();
            for (Map.Entry<String, @Nullable Object> field : json.fields.entrySet()) {
                generator.writeFieldName(field.getKey());
                write(generator, field.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> list) {
            generator.writeStartArray();
            for (Object element : list) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof Raw raw) {
            generator.writeRawValue(raw.text());
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof Number number) {
            generator.writeNumber(number.longValue());
        } else if (value == null) {
            generator.writeNull();
        } else {
            generator.writeString(value.toString());
        }
    }
}

package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.google.protobuf.UnsafeByteOperations;
import io.plexspaces.processgroups.api.ApiSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What counts as JSON here: RFC 8259 in strict UTF-8, within bounds of depth and length of numbers. */
public final class JsonText {
    /** Arrays and objects inside each other, the envelope of a request included. */
    public static final int MAX_DEPTH = 128;

    public static final int MAX_NUMBER_CHARS = 1000;

    /**
     * Longer texts are read without a table of names: it becomes slow, the square of the names, for names that a client
     * has chosen for it.
     */
    private static final int WITH_TABLE_BYTES = 16 * 1024;

    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxNumberLength(MAX_NUMBER_CHARS)
            .maxStringLength(Integer.MAX_VALUE)
            .build();

    // Names come from clients: interning them would keep them for ever. Those of one must not make others fail, with
    // which they share the table.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(CONSTRAINTS)
            .build();

    private static final JsonFactory WITHOUT_TABLE = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(CONSTRAINTS)
            .build();

    /** Base64 makes four bytes of three. */
    private static final double GROWTH = 4.0 / 3;

    private static final int NAMES_BYTES = 16 * 1024;

    private JsonText() {}

    /** Bytes of the largest request. */
    public static int maxRequestBytes(ApiSettings settings) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(settings.maxRequestBytes() * GROWTH) + NAMES_BYTES);
    }

    /** Reads UTF-8, in time that follows its length alone. */
    public static JsonParser parser(byte[] text) throws IOException {
        return text.length <= WITH_TABLE_BYTES ? FACTORY.createParser(text) : parserWithoutTable(text);
    }

    /** Of the two byte parsers of Jackson only the one for parts, which gets them all at once, goes without. */
    private static JsonParser parserWithoutTable(byte[] text) throws IOException {
        JsonParser parser = WITHOUT_TABLE.createNonBlockingByteArrayParser();
        ByteArrayFeeder feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
        feeder.feedInput(text, 0, text.length);
        feeder.endOfInput();
        return new Whole(parser);
    }

    /** A parser for parts that has them all: what it would wait for does not come. */
    private static final class Whole extends JsonParserDelegate {
        Whole(JsonParser parser) {
            super(parser);
        }

        @Override
        public @Nullable JsonToken nextToken() throws IOException {
            JsonToken token = super.nextToken();
            return token == JsonToken.NOT_AVAILABLE ? super.nextToken() : token;
        }
    }

    /** The bytes of the value that {@code in}, a {@link #parser}, stands at, and passes. */
    public static byte[] value(JsonParser in, byte[] text) throws IOException {
        // The parser for parts tells where it has read to, which is one byte.
        int from = (int) in.currentTokenLocation().getByteOffset() - (in.canParseAsync() ? 1 : 0);
        in.skipChildren();
        in.finishToken();
        return Arrays.copyOfRange(text, from, (int) in.currentLocation().getByteOffset());
    }

    public static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out);
    }

    /** Whether the bytes are well-formed UTF-8: no overlong forms, no surrogates. */
    public static boolean isUtf8(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes).isValidUtf8();
    }

    /** Whether UTF-8 {@code text} is one JSON value that may stand inside a document of ours. */
    static boolean isValue(byte[] text) {
        return looksLikeValue(text) && parses(text);
    }

    /** Cheap, and almost always right: a parser's refusal costs much more than its consent. */
    private static boolean looksLikeValue(byte[] text) {
        int first = 0;
        int last = text.length - 1;
        while (first <= last && isSpace(text[first])) {
            first++;
        }
        while (last > first && isSpace(text[last])) {
            last--;
        }
        if (first > last) {
            return false;
        }
        return switch (text[first]) {
            case '{' -> text[last] == '}';
            case '[' -> text[last] == ']';
            case '"' -> text[last] == '"' && last > first;
            case 't', 'n' -> last - first == 3;
            case 'f' -> last - first == 4;
            default -> isNumeric(text, first, last);
        };
    }

    private static boolean isNumeric(byte[] text, int first, int last) {
        if (last - first >= MAX_NUMBER_CHARS) {
            return false;
        }
        for (int i = first; i <= last; i++) {
            byte c = text[i];
            boolean digit = c >= '0' && c <= '9';
            if (!digit && c != '-' && (i == first || (c != '+' && c != '.' && c != 'e' && c != 'E'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean parses(byte[] text) {
        if (!isPlainUtf8(text)) {
            return false;
        }
        try (JsonParser in = parser(text)) {
            in.nextToken();
            in.skipChildren();
            return in.nextToken() == null;
        } catch (IOException malformed) {
            return false;
        }
    }

    /** Jackson takes early zero bytes for the sign of UTF-16 or UTF-32, where we know that it is UTF-8. */
    public static boolean isPlainUtf8(byte[] text) {
        for (int i = 0; i < Math.min(4, text.length); i++) {
            if (text[i] == 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}

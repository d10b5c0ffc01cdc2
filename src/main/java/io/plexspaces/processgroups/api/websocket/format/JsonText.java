package io.plexspaces.processgroups.api.websocket.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;

/** What counts as JSON here: RFC 8259 in strict UTF-8, within bounds of depth and length of numbers. */
public final class JsonText {
    /** Arrays and objects inside each other, the envelope of a request included. */
    static final int MAX_DEPTH = 128;

    static final int MAX_NUMBER_CHARS = 1000;

    // Names come from clients: interning them would keep them for ever.
    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_CHARS)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonText() {}

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
        try (JsonParser in = FACTORY.createParser(text)) {
            in.nextToken();
            in.skipChildren();
            return in.nextToken() == null;
        } catch (IOException malformed) {
            return false;
        }
    }

    /** Jackson takes early zero bytes for the sign of UTF-16 or UTF-32, where we know that it is UTF-8. */
    static boolean isPlainUtf8(byte[] text) {
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

package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.ParseException;
import java.util.Base64;

/** Single values of proto3 JSON. What does not fit is INVALID_ARGUMENT naming the field. */
final class JsonScalars {
    private static final int MAX_NUMBER_CHARS = 32;
    private static final BigInteger UINT_64 = BigInteger.ONE.shiftLeft(64);

    private JsonScalars() {}

    static Object read(JsonParser in, FieldDescriptor field, String at) throws IOException {
        return switch (field.getType()) {
            case STRING -> text(in, at);
            case BYTES -> bytes(in, at);
            case BOOL -> bool(in, at);
            case ENUM -> choice(in, field, at);
            case INT32 -> (int) integer(in, Integer.MIN_VALUE, Integer.MAX_VALUE, at);
            case UINT32 -> (int) integer(in, 0, 0xFFFF_FFFFL, at);
            case INT64 -> integer(in, Long.MIN_VALUE, Long.MAX_VALUE, at);
            case UINT64 -> unsigned(in, at);
            default -> throw new IllegalStateException("no field of a request is " + field.getType());
        };
    }

    static String text(JsonParser in, String at) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw GroupException.invalid(at, "must be a string");
        }
        return wellFormed(in.getText(), at);
    }

    /** An escape can spell half a character, for which UTF-8 has no bytes. */
    static String wellFormed(String text, String at) {
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isSurrogate(text.charAt(i))) {
                continue;
            }
            boolean paired = Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!paired) {
                throw GroupException.invalid(at, "holds half a surrogate pair");
            }
            i++;
        }
        return text;
    }

    /** Standard or URL-safe base64, with or without padding. */
    static ByteString bytes(JsonParser in, String at) throws IOException {
        String base64 = text(in, at).replace('-', '+').replace('_', '/');
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException malformed) {
            throw GroupException.invalid(at, "must be base64");
        }
    }

    static Timestamp timestamp(JsonParser in, String at) throws IOException {
        try {
            return Timestamps.parse(text(in, at));
        } catch (ParseException | IllegalArgumentException malformed) {
            throw GroupException.invalid(at, "must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    static Duration duration(JsonParser in, String at) throws IOException {
        try {
            return Durations.parse(text(in, at));
        } catch (ParseException | IllegalArgumentException malformed) {
            throw GroupException.invalid(at, "must be a duration in seconds such as 1.5s");
        }
    }

    private static boolean bool(JsonParser in, String at) {
        if (in.currentToken() == JsonToken.VALUE_TRUE) {
            return true;
        }
        if (in.currentToken() == JsonToken.VALUE_FALSE) {
            return false;
        }
        throw GroupException.invalid(at, "must be true or false");
    }

    private static EnumValueDescriptor choice(JsonParser in, FieldDescriptor field, String at) throws IOException {
        EnumValueDescriptor value = in.currentToken() == JsonToken.VALUE_NUMBER_INT
                ? field.getEnumType().findValueByNumber((int) integer(in, Integer.MIN_VALUE, Integer.MAX_VALUE, at))
                : field.getEnumType().findValueByName(text(in, at));
        if (value == null) {
            throw GroupException.invalid(at, "is no known value");
        }
        return value;
    }

    private static long integer(JsonParser in, long min, long max, String at) throws IOException {
        BigInteger value = whole(in, at);
        if (value.compareTo(BigInteger.valueOf(min)) < 0 || value.compareTo(BigInteger.valueOf(max)) > 0) {
            throw GroupException.invalid(at, "must be from " + min + " to " + max);
        }
        return value.longValue();
    }

    private static long unsigned(JsonParser in, String at) throws IOException {
        BigInteger value = whole(in, at);
        if (value.signum() < 0 || value.compareTo(UINT_64) >= 0) {
            throw GroupException.invalid(at, "must be from 0 to 2^64 - 1");
        }
        return value.longValue();
    }

    /** A number, or a string that holds one; 1.0 and 1e3 are whole too. */
    private static BigInteger whole(JsonParser in, String at) throws IOException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return BigInteger.valueOf(in.getLongValue());
        }
        boolean mayBeNumber = token.isNumeric() || token == JsonToken.VALUE_STRING;
        String text = mayBeNumber ? in.getText() : "";
        if (text.isEmpty() || text.length() > MAX_NUMBER_CHARS) {
            throw GroupException.invalid(at, "must be a whole number");
        }
        try {
            BigDecimal number = new BigDecimal(text);
            // The exponent comes from a client: 1e999999999 must not be written out.
            if (Math.abs((long) number.scale()) > MAX_NUMBER_CHARS) {
                throw GroupException.invalid(at, "must be a whole number");
            }
            return number.toBigIntegerExact();
        } catch (ArithmeticException | NumberFormatException notWhole) {
            throw GroupException.invalid(at, "must be a whole number");
        }
    }
}

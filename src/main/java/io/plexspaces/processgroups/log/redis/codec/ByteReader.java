package io.plexspaces.processgroups.log.redis.codec;

import com.google.protobuf.CodedInputStream;
import io.plexspaces.processgroups.domain.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads what {@link ByteWriter} wrote, and words of text with a space after each. */
final class ByteReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    ByteReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    boolean isAtEnd() {
        return at >= end;
    }

    /** All that is left, in protobuf's wire format. */
    CodedInputStream fields() {
        return CodedInputStream.newInstance(bytes, at, end - at);
    }

    int position() {
        return at;
    }

    void skip(int count) {
        at += count;
    }

    /**
     * @throws IllegalArgumentException when what was read lasts longer than there are bytes; the last word needs no
     * space behind it
     */
    void checkEnd() {
        if (at > end + 1) {
            throw new IllegalArgumentException("it ends too early");
        }
    }

    /** Up to the next space, which is passed, or to the end. */
    String word() {
        int from = at;
        while (at < end && bytes[at] != ' ') {
            at++;
        }
        return new String(bytes, from, at++ - from, StandardCharsets.ISO_8859_1);
    }

    /** A word of decimal digits. */
    long decimal() {
        long value = 0;
        while (at < end && bytes[at] != ' ') {
            int digit = bytes[at++] - '0';
            if (digit < 0 || digit > 9) {
                throw new IllegalArgumentException("not a digit at " + (at - 1));
            }
            value = 10 * value + digit;
        }
        at++;
        return value;
    }

    /** All that is left. */
    String rest() {
        String rest = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        at = end;
        return rest;
    }

    long number() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    int integer() {
        return Math.toIntExact(number());
    }

    String text() {
        int length = length();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    Bytes bytes() {
        int length = length();
        Bytes value = Bytes.wrap(Arrays.copyOfRange(bytes, at, at + length));
        at += length;
        return value;
    }

    /** Never more than there is, so that nothing is allocated for what is damaged. */
    private int length() {
        int length = integer();
        if (length < 0 || length > end - at) {
            throw new IllegalArgumentException("a length of " + length + " with " + (end - at) + " bytes left");
        }
        return length;
    }

    Instant instant() {
        long seconds = number();
        return Instant.ofEpochSecond(seconds, number());
    }

    Duration duration() {
        long seconds = number();
        return Duration.ofSeconds(seconds, number());
    }

    Map<String, String> texts() {
        int size = integer();
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < size; i++) {
            String key = text();
            values.put(key, text());
        }
        return values;
    }
}

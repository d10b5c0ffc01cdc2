package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/** Writes values one after the other: numbers in as few bytes as they need, texts and bytes after their length. */
final class ByteWriter {
    private byte[] bytes;
    private int size;

    ByteWriter(int expected) {
        bytes = new byte[Math.max(16, expected)];
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    ByteWriter number(long value) {
        // Zigzag: small negative numbers are short too.
        long rest = (value << 1) ^ (value >> 63);
        room(10);
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    ByteWriter text(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8));
    }

    ByteWriter bytes(Bytes value) {
        return raw(value.array());
    }

    ByteWriter instant(Instant value) {
        return number(value.getEpochSecond()).number(value.getNano());
    }

    ByteWriter duration(Duration value) {
        return number(value.getSeconds()).number(value.getNano());
    }

    ByteWriter texts(Map<String, String> values) {
        number(values.size());
        values.forEach((key, value) -> text(key).text(value));
        return this;
    }

    private ByteWriter raw(byte[] value) {
        number(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}

package io.plexspaces.processgroups.domain;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a join says of its actor, in texts of the client's choice: a name to show, a state, what it is typing. Kept and
 * shown unchanged, and never looked into.
 *
 * @param values by key, sorted
 */
public record JoinMetadata(Map<String, String> values) {
    public static final JoinMetadata NONE = new JoinMetadata(Map.of());

    /** Keys and values of one join, in bytes of UTF-8. */
    public static final int MOST_BYTES = 2 * 1024;

    /** Keys of one join. */
    public static final int MOST_KEYS = 64;

    /** Keys and values of all joins of one membership, in bytes of UTF-8; {@code append.lua} says the same. */
    public static final int MOST_BYTES_OF_A_MEMBER = 16 * 1024;

    public JoinMetadata {
        values = values.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(values));
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Of the keys and values, in UTF-8. */
    public int bytes() {
        int bytes = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            bytes += Utf8.bytes(entry.getKey()) + Utf8.bytes(entry.getValue());
        }
        return bytes;
    }
}

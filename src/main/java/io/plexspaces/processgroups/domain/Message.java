package io.plexspaces.processgroups.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is published. Texts may be empty.
 *
 * @param sender null: not said
 * @param timestamp null: the time of acceptance
 * @param ttl null: no limit; not delivered later than this after acceptance
 * @param idempotencyKey empty: none
 */
public record Message(
        String id,
        @Nullable ActorId sender,
        String type,
        Bytes payload,
        @Nullable Instant timestamp,
        int priority,
        @Nullable Duration ttl,
        Map<String, String> headers,
        String idempotencyKey,
        String uriPath,
        String uriMethod) {
    private static final int TEXT_BYTES = 255;
    private static final int PATH_BYTES = 2048;
    private static final int METHOD_BYTES = 16;

    /** @throws GroupException INVALID_ARGUMENT naming the field, for texts that are too long or a negative ttl */
    public Message {
        Utf8.atMost(TEXT_BYTES, "message.id", id);
        Utf8.atMost(TEXT_BYTES, "message.message_type", type);
        Utf8.atMost(TEXT_BYTES, "message.idempotency_key", idempotencyKey);
        Utf8.atMost(PATH_BYTES, "message.uri_path", uriPath);
        Utf8.atMost(METHOD_BYTES, "message.uri_method", uriMethod);
        if (ttl != null && ttl.isNegative()) {
            throw GroupException.invalid("message.ttl", "must not be negative");
        }
        headers = Copies.of(headers);
    }

    /** A rough count of the bytes it keeps alive, for bounds. */
    public int weight() {
        int bytes = 160 + payload.size() + id.length() + type.length() + uriPath.length();
        return headers.isEmpty() ? bytes : bytes + headerWeight();
    }

    private int headerWeight() {
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            bytes += 64 + header.getKey().length() + header.getValue().length();
        }
        return bytes;
    }
}

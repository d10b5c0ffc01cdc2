package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.Utf8;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages, proto to domain and back. */
final class Messages {
    private Messages() {}

    /**
     * @param sender who publishes
     * @throws GroupException INVALID_ARGUMENT, or LIMIT_EXCEEDED for one that is too large
     */
    static Message read(
            io.plexspaces.processgroups.proto.v1.Message message, @Nullable ActorId sender, ApiSettings settings) {
        if (message.getSerializedSize() > settings.maxMessageBytes()) {
            throw GroupException.limit("message-bytes", settings.maxMessageBytes());
        }
        if (!message.getReceiverId().isEmpty()) {
            throw GroupException.invalid("message.receiver_id", "must be empty: the group decides who receives");
        }
        return new Message(
                message.getId(),
                sender,
                message.getMessageType(),
                Values.bytes(message.getPayload()),
                message.hasTimestamp() ? Values.instant("message.timestamp", message.getTimestamp()) : null,
                message.getPriority(),
                message.hasTtl() ? ttl(message.getTtl()) : null,
                headers(message.getHeadersMap(), settings),
                message.getIdempotencyKey(),
                message.getUriPath(),
                message.getUriMethod());
    }

    private static Map<String, String> headers(Map<String, String> headers, ApiSettings settings) {
        if (headers.size() > settings.maxMessageHeaders()) {
            throw GroupException.invalid("message.headers", "must be at most " + settings.maxMessageHeaders());
        }
        long bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            bytes += Utf8.bytes(header.getKey()) + Utf8.bytes(header.getValue());
        }
        if (bytes > settings.maxMessageHeaderBytes()) {
            throw GroupException.invalid(
                    "message.headers", "must have at most " + settings.maxMessageHeaderBytes() + " bytes in all");
        }
        return headers;
    }

    private static @Nullable Duration ttl(com.google.protobuf.Duration value) {
        Duration ttl = Values.duration("message.ttl", value);
        return ttl.isZero() ? null : ttl;
    }

    /** As it is delivered: without receiver, and never without a time. */
    static io.plexspaces.processgroups.proto.v1.Message write(Entry.Published entry) {
        return write(entry.message(), entry.at());
    }

    /** @param at its time if it names none; null: it has none then */
    static io.plexspaces.processgroups.proto.v1.Message write(Message message, @Nullable Instant at) {
        io.plexspaces.processgroups.proto.v1.Message.Builder delivered =
                io.plexspaces.processgroups.proto.v1.Message.newBuilder()
                        .setId(message.id())
                        .setMessageType(message.type())
                        .setPayload(Values.bytes(message.payload()))
                        .setPriority(message.priority())
                        .setIdempotencyKey(message.idempotencyKey())
                        .setUriPath(message.uriPath())
                        .setUriMethod(message.uriMethod());
        Instant time = message.timestamp() == null ? at : message.timestamp();
        if (time != null) {
            delivered.setTimestamp(Values.instant(time));
        }
        if (message.sender() != null) {
            delivered.setSenderId(message.sender().value());
        }
        if (message.ttl() != null) {
            delivered.setTtl(Values.duration(message.ttl()));
        }
        if (!message.headers().isEmpty()) {
            delivered.putAllHeaders(message.headers());
        }
        return delivered.build();
    }
}

package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.Retention;
import java.time.Duration;

/**
 * Limits and timing of the endpoints. Every number is greater than 0, every duration positive.
 *
 * @param maxMessageBytes encoded bytes of one published message; a larger one is refused with LIMIT_EXCEEDED
 * @param maxMessageHeaders headers of one published message; more is INVALID_ARGUMENT
 * @param maxMessageHeaderBytes bytes of their keys and values in all; more is INVALID_ARGUMENT
 * @param metadataBytes bytes of keys and values of the labels and annotations of one group; more is INVALID_ARGUMENT
 * @param maxTopics topic patterns in one request, repeated ones counted; more is INVALID_ARGUMENT
 * @param maxBatchActors actors in one JoinGroup, each counted once; more is INVALID_ARGUMENT
 * @param maxRetainedMessages most messages a group may ask to retain; more is INVALID_ARGUMENT
 * @param maxRetentionAge longest time a group may ask to retain messages; longer is INVALID_ARGUMENT
 * @param defaultRetention what a group created without retention keeps
 * @param maxInFlight requests of one session that wait for their answer; further ones are not read until one is
 *     answered
 * @param maxInFlightBytes bytes of these, and of their answers as far as known; one request more may go beyond
 * @param maxHeaderBytes bytes of the headers of one gRPC call; more are refused by the transport
 * @param maxStreamsPerConnection gRPC calls open at once on one connection; the client holds back further ones
 * @param pingInterval time without a sign of the peer after which it is pinged
 * @param pongTimeout time for the answer to a ping; afterwards the connection ends with PEER_TIMEOUT
 * @param openTimeout time for a WebSocket to open its session; afterwards it ends with PEER_TIMEOUT
 */
public record ApiSettings(
        int maxMessageBytes,
        int maxMessageHeaders,
        int maxMessageHeaderBytes,
        int metadataBytes,
        int maxTopics,
        int maxBatchActors,
        int maxRetainedMessages,
        Duration maxRetentionAge,
        Retention defaultRetention,
        int maxInFlight,
        long maxInFlightBytes,
        int maxHeaderBytes,
        int maxStreamsPerConnection,
        Duration pingInterval,
        Duration pongTimeout,
        Duration openTimeout) {
    /** What a request needs beside the largest message or the largest batch of actors. */
    private static final int REQUEST_OVERHEAD_BYTES = 64 * 1024;

    private static final int ACTOR_BYTES = 260;

    /** @throws IllegalArgumentException naming a value that is out of its range */
    public ApiSettings {
        positive("maxMessageBytes", maxMessageBytes);
        positive("maxMessageHeaders", maxMessageHeaders);
        positive("maxMessageHeaderBytes", maxMessageHeaderBytes);
        positive("metadataBytes", metadataBytes);
        positive("maxTopics", maxTopics);
        positive("maxBatchActors", maxBatchActors);
        positive("maxRetainedMessages", maxRetainedMessages);
        positive("maxRetentionAge", maxRetentionAge.toMillis());
        positive("maxInFlight", maxInFlight);
        positive("maxInFlightBytes", maxInFlightBytes);
        positive("maxHeaderBytes", maxHeaderBytes);
        positive("maxStreamsPerConnection", maxStreamsPerConnection);
        positive("pingInterval", pingInterval.toMillis());
        positive("pongTimeout", pongTimeout.toMillis());
        positive("openTimeout", openTimeout.toMillis());
    }

    /** Encoded bytes of the largest request that can be valid, in binary form. */
    public int maxRequestBytes() {
        long largest = Math.max(maxMessageBytes, (long) maxBatchActors * ACTOR_BYTES);
        largest = Math.max(largest, Math.max(metadataBytes * 2L, maxTopics * (long) ACTOR_BYTES));
        return (int) Math.min(Integer.MAX_VALUE, largest + REQUEST_OVERHEAD_BYTES);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be greater than 0, is " + value);
        }
    }
}

package io.plexspaces.processgroups.api.grpc.transport;

import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.time.Duration;

/**
 * What one TCP connection may have.
 *
 * @param streams open at once, also while the client does not know of this bound yet
 * @param heldBytes of unary answers that the client has not taken, and of requests that have come in part; one answer,
 *     and one request, may go beyond
 * @param requestBytes of the largest request
 * @param lastData how long the end of a stream may wait for the peer to take what was sent before
 * @param patience how long a peer may take nothing of its answers
 * @param budget of the whole server
 */
public record Bounds(
        int streams, long heldBytes, int requestBytes, Duration lastData, Duration patience, ServerBudget budget) {
    /** What it costs to keep small frames, beside their content. */
    private static final int OVERHEAD_TIMES = 8;

    /** Many streams share a connection, and each may have some under way. */
    private static final int OUTBOUND_TIMES = 8;

    /** Bytes that a peer may send before they are asked for, with what it costs to keep them in small frames. */
    long unreadBytes() {
        return OVERHEAD_TIMES * heldBytes;
    }

    /** Bytes of messages that are given to grpc-java, on all streams, before the peer has taken some of them. */
    long outboundBytes() {
        return OUTBOUND_TIMES * heldBytes;
    }

    /** Bytes of requests that have come in part. */
    long partialBytes() {
        return heldBytes + requestBytes;
    }
}

package io.plexspaces.processgroups.api.grpc.transport;

import io.plexspaces.processgroups.core.delivery.ServerBudget;

/**
 * What one TCP connection may have.
 *
 * @param streams open at once, also while the client does not know of this bound yet
 * @param heldBytes of unary answers that the client has not taken, and of requests that have come in part; one answer,
 *     and one request, may go beyond
 * @param requestBytes of the largest request
 * @param budget of the whole server
 */
public record Bounds(int streams, long heldBytes, int requestBytes, ServerBudget budget) {
    /** Requests and answers of one connection wait in so many bytes at most, with all they cost beside their content. */
    private static final int OVERHEAD_TIMES = 8;

    /** Bytes that a peer may send before they are asked for, with what it costs to keep them in small frames. */
    long unreadBytes() {
        return OVERHEAD_TIMES * heldBytes;
    }

    /** Bytes of requests that have come in part. */
    long partialBytes() {
        return heldBytes + requestBytes;
    }
}

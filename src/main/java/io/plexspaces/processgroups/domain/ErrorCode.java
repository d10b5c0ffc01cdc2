package io.plexspaces.processgroups.domain;

/** Every way a request or a connection can fail. How each one looks on the wire: {@code docs/errors.md}. */
public enum ErrorCode {
    /** A value breaks a rule; the exception names the field. */
    INVALID_ARGUMENT(false),
    /** The caller did not say who it is, or its token was not accepted or has expired. */
    UNAUTHENTICATED(false),
    /** The caller may not do this; the exception names the field that its rights do not cover. */
    PERMISSION_DENIED(false),
    /** There is no such group. */
    GROUP_NOT_FOUND(false),
    /** There is such a group already; it was not touched. */
    GROUP_EXISTS(false),
    /** The group was deleted while the request or the stream was using it. */
    GROUP_DELETED(false),
    /** The actor, or the session that asked, holds no join in the group. */
    NOT_A_MEMBER(false),
    /** The membership holds no such lease. */
    LEASE_NOT_FOUND(false),
    /** No reply is waited for at that position: nobody asked there, or the ask is over. */
    ASK_NOT_FOUND(false),
    /** The idempotency key of an ask was used before, by a message whose replies do not come to this node. */
    ASKED_BEFORE(false),
    /** The request does not fit the state of its session: not opened yet, opened twice, already watching. */
    FAILED_PRECONDITION(false),
    /** A configured limit would be passed; the message names limit and value. */
    LIMIT_EXCEEDED(false),
    /** The tenant, or the session, has what it is given of this node or of the store; the exception names the quota. */
    QUOTA_EXCEEDED(true),
    /** The server has too much waiting for delivery; the request was not executed. */
    OVERLOADED(true),
    /** The subscriber read too slowly and its queue was full. */
    SLOW_CONSUMER(true),
    /** The actor's joins in the group were ended by somebody else: it was evicted, or its rights have changed. */
    EVICTED(false),
    /** The actor was evicted and may not come back yet. */
    BANNED(false),
    /** Another connection took the session over. */
    SESSION_REPLACED(false),
    /** The peer did not answer a ping in time. */
    PEER_TIMEOUT(true),
    /** The write carries an incarnation of its node that is no longer the newest. */
    FENCED(true),
    /** The group's epoch changed between reading and writing; used inside the server, which tries again. */
    EPOCH_CHANGED(true),
    /** The store did not answer. */
    STORE_UNAVAILABLE(true),
    /** The server is stopping; another node, or the restarted one, will serve. */
    SHUTTING_DOWN(true),
    /** A defect of the server. Logged there; the client receives no details. */
    INTERNAL(true);

    private final boolean retryable;

    ErrorCode(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether the same request, or a new connection, may succeed later without any change to it. */
    public boolean retryable() {
        return retryable;
    }
}

package io.plexspaces.processgroups.api;

import io.grpc.Status;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.Error;
import java.util.concurrent.CompletionException;

/** How each failure looks on the wire; the same table is in {@code docs/errors.md}. */
public final class Errors {
    /** Close code when this node stops: the client should reconnect, here or at another node. */
    public static final int SERVICE_RESTART = 1012;

    /** Close code when the server is overloaded: the client may reconnect later. */
    public static final int TRY_AGAIN_LATER = 1013;

    private static final System.Logger LOG = System.getLogger(Errors.class.getName());

    private Errors() {}

    /** The gRPC status that goes with a code. */
    public static Status.Code status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
            case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
            case PERMISSION_DENIED, EVICTED, BANNED -> Status.Code.PERMISSION_DENIED;
            case GROUP_NOT_FOUND, GROUP_DELETED, NOT_A_MEMBER, LEASE_NOT_FOUND, ASK_NOT_FOUND -> Status.Code.NOT_FOUND;
            case GROUP_EXISTS, ASKED_BEFORE -> Status.Code.ALREADY_EXISTS;
            case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
            case LIMIT_EXCEEDED, QUOTA_EXCEEDED, SLOW_CONSUMER -> Status.Code.RESOURCE_EXHAUSTED;
            case SESSION_REPLACED, EPOCH_CHANGED -> Status.Code.ABORTED;
            case OVERLOADED, PEER_TIMEOUT, FENCED, STORE_UNAVAILABLE, SHUTTING_DOWN -> Status.Code.UNAVAILABLE;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }

    /** The code a WebSocket is closed with. All failures of one close code agree on whether to reconnect. */
    public static int closeCode(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> 4400;
            case UNAUTHENTICATED -> 4401;
            case NOT_A_MEMBER, PERMISSION_DENIED -> 4403;
            case GROUP_NOT_FOUND, GROUP_DELETED, LEASE_NOT_FOUND, ASK_NOT_FOUND -> 4404;
            case PEER_TIMEOUT -> 4408;
            case SESSION_REPLACED -> 4409;
            case EVICTED, BANNED -> 4410;
            case FAILED_PRECONDITION, GROUP_EXISTS, ASKED_BEFORE -> 4412;
            case LIMIT_EXCEEDED -> 4429;
            case SLOW_CONSUMER -> 4430;
            case QUOTA_EXCEEDED -> 4431;
            case INTERNAL -> 4500;
            case STORE_UNAVAILABLE, FENCED, EPOCH_CHANGED -> 4503;
            case SHUTTING_DOWN -> SERVICE_RESTART;
            case OVERLOADED -> TRY_AGAIN_LATER;
        };
    }

    /**
     * The failure as a client may see it. Any failure that is no {@link GroupException} is a defect: it is logged here,
     * and its details are not sent to the client. To be called once for a failure, at the edge.
     */
    public static GroupException expected(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof GroupException known) {
            return known;
        }
        LOG.log(System.Logger.Level.ERROR, "a request failed unexpectedly", failure);
        return GroupException.of(ErrorCode.INTERNAL, "internal error");
    }

    public static Error toProto(GroupException failure) {
        Error.Builder error = Error.newBuilder()
                .setReason(failure.code().name())
                .setMessage(failure.getMessage())
                .setField(failure.field())
                .setStatus(status(failure.code()).value())
                .setRetryable(failure.code().retryable());
        if (!failure.retryAfter().isZero()) {
            error.setRetryAfter(Values.duration(failure.retryAfter()));
        }
        return error.build();
    }
}

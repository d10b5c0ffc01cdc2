package io.plexspaces.processgroups.api.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.plexspaces.processgroups.api.ErrorDetails;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.domain.GroupException;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * Failures as a gRPC status with {@code google.rpc.ErrorInfo}, and {@code google.rpc.RetryInfo} where it is known when
 * to try again. A native executable has what the messages' own code
 * finds by reflection only where it is asked for.
 */
@RegisterForReflection(
        targets = {
            Any.class,
            Any.Builder.class,
            Duration.class,
            Duration.Builder.class,
            ErrorInfo.class,
            ErrorInfo.Builder.class,
            RetryInfo.class,
            RetryInfo.Builder.class,
            Status.class,
            Status.Builder.class
        })
final class GrpcErrors {
    private static final System.Logger LOG = System.getLogger(GrpcErrors.class.getName());

    private GrpcErrors() {}

    /** Never throws: a call still ends when its failure cannot be encoded in detail. */
    static StatusRuntimeException toStatus(Throwable failure) {
        try {
            return detailed(failure);
        } catch (RuntimeException | Error untold) {
            LOG.log(System.Logger.Level.ERROR, "a failure could not be reported in detail", untold);
            return io.grpc.Status.INTERNAL.withDescription("internal error").asRuntimeException();
        }
    }

    private static StatusRuntimeException detailed(Throwable failure) {
        GroupException expected = Errors.expected(failure);
        Status.Builder status = Status.newBuilder()
                .setCode(Errors.status(expected.code()).value())
                .setMessage(expected.getMessage());
        ErrorDetails.of(expected).forEach(detail -> status.addDetails(Any.pack(detail)));
        return StatusProto.toStatusRuntimeException(status.build());
    }
}

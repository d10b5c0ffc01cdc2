package io.plexspaces.processgroups.api;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.List;

/**
 * What goes with the status of a failure: {@code google.rpc.ErrorInfo}, and {@code google.rpc.RetryInfo} where it is
 * known when to try again.
 */
public final class ErrorDetails {
    public static final String DOMAIN = "processgroups.plexspaces.io";

    private ErrorDetails() {}

    /** First the one that says why. */
    public static List<Message> of(GroupException failure) {
        ErrorInfo.Builder info = ErrorInfo.newBuilder()
                .setReason(failure.code().name())
                .setDomain(DOMAIN)
                .putMetadata("retryable", String.valueOf(failure.code().retryable()));
        if (!failure.field().isEmpty()) {
            info.putMetadata("field", failure.field());
        }
        java.time.Duration retryAfter = failure.retryAfter();
        if (retryAfter.isZero()) {
            return List.of(info.build());
        }
        Duration.Builder delay =
                Duration.newBuilder().setSeconds(retryAfter.getSeconds()).setNanos(retryAfter.getNano());
        return List.of(info.build(), RetryInfo.newBuilder().setRetryDelay(delay).build());
    }
}

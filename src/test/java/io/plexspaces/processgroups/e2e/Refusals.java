package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.plexspaces.processgroups.proto.v1.Error;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How refused requests must look. */
final class Refusals {
    /** Something of the server's inside. */
    private static final Pattern INSIDE =
            Pattern.compile("Exception|\\bjava\\.|\\bio\\.|\\bcom\\.google|\\bat [a-z]+\\.|\\.java\\b|\\$");

    private Refusals() {}

    /** The call fails in the documented way; {@code field} may be empty. */
    static void assertRefused(String what, String reason, String field, ThrowingCallable call) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure).as("%s is refused", what).isNotNull();
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        assertThat(status.getDetailsCount())
                .as("%s: details of %s", what, failure)
                .isEqualTo(1);
        ErrorInfo info;
        try {
            info = status.getDetails(0).unpack(ErrorInfo.class);
        } catch (InvalidProtocolBufferException other) {
            throw new AssertionError(what, other);
        }
        assertSame(
                what,
                reason,
                field,
                Error.newBuilder()
                        .setReason(info.getReason())
                        .setField(info.getMetadataOrDefault("field", ""))
                        .setMessage(status.getMessage())
                        .setStatus(status.getCode())
                        .build());
    }

    /** The answer of a session is the documented one. */
    static void assertSame(String what, String reason, String field, Error error) {
        assertThat(error.getReason()).as("%s: reason of %s", what, error).isEqualTo(reason);
        assertThat(error.getField()).as("%s: field of %s", what, error).isEqualTo(field);
        assertThat(error.getStatus()).as("%s: status", what).isEqualTo(status(reason));
        assertClean(what, error.getMessage());
    }

    /** A text for clients shows nothing of the server's inside, and is short. */
    static void assertClean(String what, String message) {
        assertThat(message).as("%s: message", what).isNotBlank().hasSizeLessThan(400);
        assertThat(INSIDE.matcher(message).find()).as("%s: %s", what, message).isFalse();
    }

    /** As in docs/errors.md. */
    private static int status(String reason) {
        return switch (reason) {
            case "INVALID_ARGUMENT" -> 3;
            case "GROUP_NOT_FOUND", "NOT_A_MEMBER", "LEASE_NOT_FOUND" -> 5;
            case "LIMIT_EXCEEDED" -> 8;
            case "FAILED_PRECONDITION" -> 9;
            default -> throw new AssertionError(reason);
        };
    }
}

package io.plexspaces.processgroups.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Error;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request, on whichever way it went.
 *
 * @param reason of the error; empty: it was done
 * @param field of the error; on a close frame as its text begins
 * @param message of the error, for people
 * @param code with which it ended: of gRPC, or of the close frame; empty: by an answer of a session
 * @param answer null: an error, or one that says nothing more
 */
record Outcome(
        String reason,
        String field,
        String message,
        String code,
        @Nullable MessageOrBuilder answer) {
    static final Outcome DONE = new Outcome("", "", "", "", null);

    static Outcome done(MessageOrBuilder answer) {
        return new Outcome("", "", "", "", answer);
    }

    static Outcome of(Answer answer) {
        if (!answer.hasError()) {
            return done(answer);
        }
        Error error = answer.getError();
        return new Outcome(error.getReason(), error.getField(), error.getMessage(), "", null);
    }

    /** Of a gRPC call. */
    static Outcome of(Throwable failure) {
        String code = Status.fromThrowable(failure).getCode().name();
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        if (status == null || status.getDetailsCount() == 0) {
            return new Outcome("without details", "", String.valueOf(failure), code, null);
        }
        try {
            ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
            String field = info.getMetadataOrDefault("field", "");
            return new Outcome(info.getReason(), field, status.getMessage(), code, null);
        } catch (InvalidProtocolBufferException other) {
            return new Outcome("other details", "", String.valueOf(other), code, null);
        }
    }

    /** Of a close frame, whose text is {@code REASON: field: sentence}, or without a field. */
    static Outcome of(int closeCode, String text) {
        String[] parts = text.split(": ", 2);
        String message = parts.length > 1 ? parts[1] : "";
        int colon = message.indexOf(": ");
        String field = colon < 0 ? "" : message.substring(0, colon);
        return new Outcome(parts[0], field, message, Integer.toString(closeCode), null);
    }

    boolean isDone() {
        return reason.isEmpty();
    }
}

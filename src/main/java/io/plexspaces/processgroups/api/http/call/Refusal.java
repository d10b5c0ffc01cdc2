package io.plexspaces.processgroups.api.http.call;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.plexspaces.processgroups.api.ErrorDetails;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonAnswers;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Why a request failed, as the Connect protocol says it: a code, a sentence, and the details that gRPC gives too.
 *
 * @param code of gRPC
 * @param status of HTTP
 * @param retryAfter zero: it is not known when to try again
 */
public record Refusal(Status.Code code, int status, String message, List<Message> details, Duration retryAfter) {
    private static final int EXPECTED_BYTES = 512;

    /** A failure of the service. */
    public static Refusal of(GroupException cause) {
        Status.Code code = Errors.status(cause.code());
        return new Refusal(code, status(code), cause.getMessage(), ErrorDetails.of(cause), cause.retryAfter());
    }

    /** A request that is none of ours. */
    public static Refusal of(Status.Code code, int status, String message) {
        return new Refusal(code, status, message, List.of(), Duration.ZERO);
    }

    /** The HTTP status that goes with a code, by the Connect protocol. */
    public static int status(Status.Code code) {
        return switch (code) {
            case OK -> 200;
            case CANCELLED -> 499;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case DEADLINE_EXCEEDED -> 504;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case PERMISSION_DENIED -> 403;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case UNAUTHENTICATED -> 401;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
        };
    }

    /** The body of an answer that says so. */
    public byte[] json() {
        EventBuffer json = new EventBuffer(0, EXPECTED_BYTES);
        try (JsonGenerator out = JsonText.generator(json)) {
            write(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return json.bytes();
    }

    /** Writes it as a value of what is written already. */
    public void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("code", name(code));
        out.writeStringField("message", message);
        if (!details.isEmpty()) {
            out.writeArrayFieldStart("details");
            for (Message detail : details) {
                out.writeStartObject();
                out.writeStringField("type", detail.getDescriptorForType().getFullName());
                out.writeStringField(
                        "value", Base64.getEncoder().withoutPadding().encodeToString(detail.toByteArray()));
                out.writeFieldName("debug");
                JsonAnswers.write(detail, out);
                out.writeEndObject();
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static String name(Status.Code code) {
        return code == Status.Code.CANCELLED ? "canceled" : code.name().toLowerCase(Locale.ROOT);
    }
}

package io.plexspaces.processgroups.api.websocket.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.plexspaces.processgroups.api.format.JsonFields;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import java.io.IOException;

/** Requests of a session as peers send them. Thread-safe. */
final class JsonRequests {
    private static final JsonFields FIELDS = new JsonFields(SessionRequest.getDescriptor());

    private JsonRequests() {}

    /**
     * Reads proto3 JSON; a message's payload may be {@code data}, {@code text} or {@code payload}.
     *
     * @param utf8 well-formed UTF-8
     * @throws UnreadableRequest INVALID_ARGUMENT, naming the field when it is about one
     */
    static SessionRequest read(byte[] utf8) throws UnreadableRequest {
        try {
            return parse(utf8);
        } catch (GroupException invalid) {
            throw new UnreadableRequest(requestId(utf8), invalid);
        } catch (StreamConstraintsException passed) {
            throw new UnreadableRequest(
                    0,
                    malformed("JSON nested deeper than " + JsonText.MAX_DEPTH + ", or with a number longer than "
                            + JsonText.MAX_NUMBER_CHARS));
        } catch (IOException malformed) {
            throw new UnreadableRequest(0, malformed("malformed JSON"));
        }
    }

    private static SessionRequest parse(byte[] utf8) throws IOException {
        if (!JsonText.isPlainUtf8(utf8)) {
            throw malformed("malformed JSON");
        }
        try (JsonParser in = JsonText.parser(utf8)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("a request must be a JSON object");
            }
            SessionRequest.Builder request = SessionRequest.newBuilder();
            FIELDS.read(in, utf8, request, "");
            if (in.nextToken() != null) {
                throw malformed("a text message must hold one JSON object");
            }
            return request.build();
        }
    }

    /** The id of a request that is not valid otherwise; 0 when that cannot be read. */
    private static long requestId(byte[] utf8) {
        SessionRequest.Builder request = SessionRequest.newBuilder();
        try (JsonParser in = JsonText.parser(utf8)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return 0;
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                if (name.equals("requestId") || name.equals("request_id")) {
                    FIELDS.readField(in, utf8, request, name, "");
                } else {
                    in.skipChildren();
                }
            }
            return request.getRequestId();
        } catch (IOException | GroupException unreadable) {
            return request.getRequestId();
        }
    }

    private static GroupException malformed(String message) {
        return GroupException.of(ErrorCode.INVALID_ARGUMENT, message);
    }
}

package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.google.protobuf.Message;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;

/**
 * Reads requests of one type in proto3 JSON; a message's payload may be {@code data}, {@code text} or {@code payload}.
 * Thread-safe.
 */
public final class JsonMessages<Q extends Message> {
    private final Q prototype;
    private final JsonFields fields;

    public JsonMessages(Q prototype) {
        this.prototype = prototype;
        this.fields = new JsonFields(prototype.getDescriptorForType());
    }

    /**
     * Reads a whole request.
     *
     * @param utf8 what a client has sent
     * @throws GroupException INVALID_ARGUMENT, naming the field when it is about one
     */
    @SuppressWarnings("unchecked") // a prototype builds messages of its type
    public Q read(byte[] utf8) {
        if (!JsonText.isUtf8(utf8)) {
            throw invalid("JSON must be UTF-8");
        }
        if (!JsonText.isPlainUtf8(utf8)) {
            throw invalid("malformed JSON");
        }
        try (JsonParser in = JsonText.parser(utf8)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("a request must be a JSON object");
            }
            Message.Builder request = prototype.newBuilderForType();
            fields.read(in, utf8, request, "");
            if (in.nextToken() != null) {
                throw invalid("a request must be one JSON object");
            }
            return (Q) request.build();
        } catch (StreamConstraintsException passed) {
            throw invalid("JSON nested deeper than " + JsonText.MAX_DEPTH + ", or with a number longer than "
                    + JsonText.MAX_NUMBER_CHARS);
        } catch (IOException malformed) {
            throw invalid("malformed JSON");
        }
    }

    private static GroupException invalid(String message) {
        return GroupException.of(ErrorCode.INVALID_ARGUMENT, message);
    }
}

package io.plexspaces.processgroups.api.http.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Encoded;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonAnswers;
import io.plexspaces.processgroups.api.format.JsonMessages;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.domain.GroupException;
import org.jspecify.annotations.Nullable;

/** The two forms that messages have. */
enum Codec {
    JSON("json") {
        @Override
        int maxBytes(ApiSettings settings) {
            return JsonText.maxRequestBytes(settings);
        }

        @Override
        <Q extends Message> Q read(Q prototype, JsonMessages<Q> json, byte[] request) {
            return json.read(request);
        }

        @Override
        byte[] write(Message answer) {
            EventBuffer json = new EventBuffer(0, 2 * answer.getSerializedSize() + 64);
            JsonAnswers.write(answer, json);
            return json.bytes();
        }
    },
    PROTO("proto") {
        @Override
        int maxBytes(ApiSettings settings) {
            return settings.maxRequestBytes();
        }

        @Override
        <Q extends Message> Q read(Q prototype, JsonMessages<Q> json, byte[] request) {
            try {
                return Encoded.parse(prototype, request);
            } catch (InvalidProtocolBufferException malformed) {
                throw GroupException.invalid("request", "is no valid encoding of its message");
            }
        }

        @Override
        byte[] write(Message answer) {
            return answer.toByteArray();
        }
    };

    private final String name;

    Codec(String name) {
        this.name = name;
    }

    /** Bytes of the largest request. */
    abstract int maxBytes(ApiSettings settings);

    /** @throws GroupException INVALID_ARGUMENT */
    abstract <Q extends Message> Q read(Q prototype, JsonMessages<Q> json, byte[] request);

    abstract byte[] write(Message answer);

    /** Of a request that is one message, and of its answer. */
    String unaryType() {
        return "application/" + name;
    }

    /** Of messages in a stream. */
    String streamType() {
        return "application/connect+" + name;
    }

    /** Null: it is neither. */
    static @Nullable Codec unary(String mediaType) {
        return mediaType.equals(JSON.unaryType()) ? JSON : mediaType.equals(PROTO.unaryType()) ? PROTO : null;
    }

    /** Null: it is neither. */
    static @Nullable Codec stream(String mediaType) {
        return mediaType.equals(JSON.streamType()) ? JSON : mediaType.equals(PROTO.streamType()) ? PROTO : null;
    }
}

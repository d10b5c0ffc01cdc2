package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.plexspaces.processgroups.bench.load.EventBatch;
import io.plexspaces.processgroups.bench.load.Payload;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.nio.ByteBuffer;

/** The session protocol's requests and events, as text or protobuf. */
public enum SessionFormat {
    JSON("ws-json", "processgroups.v1.json") {
        @Override
        byte[] open(String actor) {
            String request =
                    "{\"requestId\":\"1\",\"open\":{\"tenantId\":\"%s\",\"namespace\":\"%s\",\"actorId\":\"%s\"}}";
            return request.formatted(Server.TENANT, Server.NAMESPACE, actor).getBytes(UTF_8);
        }

        @Override
        byte[] publish(Stream stream, boolean answered) {
            String topic = stream.topic() == null ? "" : "\"topic\":\"" + stream.topic() + "\",";
            return """
                    {%s"publish":{"groupName":"%s",%s"answer":"%s","message":{"text":"%s"}}}""".formatted(
                            answered ? "\"requestId\":\"1\"," : "",
                            stream.group(),
                            topic,
                            answered ? PublishAnswer.COUNTS : PublishAnswer.NONE,
                            new String(Payload.blank(), US_ASCII))
                    .getBytes(UTF_8);
        }

        @Override
        byte[] join(Stream stream) {
            return "{\"join\":{\"groupName\":\"%s\",\"metadata\":{\"who\":\"%s\"}}}"
                    .formatted(stream.group(), new String(Payload.blank(), US_ASCII))
                    .getBytes(UTF_8);
        }

        @Override
        byte[] leave(Stream stream) {
            return "{\"leave\":{\"groupName\":\"%s\"}}"
                    .formatted(stream.group())
                    .getBytes(UTF_8);
        }

        @Override
        boolean isError(ByteBuffer in, int from, int to) {
            return has(ERROR, in, from, to);
        }

        /** Each message is one event. */
        @Override
        void walk(ByteBuffer in, int from, int to, EventBatch.Events events) {
            events.event(in, from, to);
        }

        @Override
        boolean isOpened(ByteBuffer in, int from, int to) {
            return has(OPENED, in, from, to);
        }

        @Override
        boolean isPublished(ByteBuffer in, int from, int to) {
            return has(PUBLISHED, in, from, to);
        }
    },

    PROTO("ws-proto", "processgroups.v1.proto") {
        @Override
        byte[] open(String actor) {
            return SessionRequest.newBuilder()
                    .setRequestId(1)
                    .setOpen(SessionOpen.newBuilder()
                            .setTenantId(Server.TENANT)
                            .setNamespace(Server.NAMESPACE)
                            .setActorId(actor))
                    .build()
                    .toByteArray();
        }

        @Override
        byte[] publish(Stream stream, boolean answered) {
            PublishToGroupRequest.Builder publish = PublishToGroupRequest.newBuilder()
                    .setGroupName(stream.group())
                    .setAnswer(answered ? PublishAnswer.COUNTS : PublishAnswer.NONE)
                    .setMessage(Message.newBuilder().setPayload(ByteString.copyFrom(Payload.blank())));
            if (stream.topic() != null) {
                publish.setTopic(stream.topic());
            }
            return SessionRequest.newBuilder()
                    .setRequestId(answered ? 1 : 0)
                    .setPublish(publish)
                    .build()
                    .toByteArray();
        }

        @Override
        byte[] join(Stream stream) {
            return SessionRequest.newBuilder()
                    .setJoin(SubscribeRequest.newBuilder()
                            .setGroupName(stream.group())
                            .putMetadata("who", new String(Payload.blank(), US_ASCII)))
                    .build()
                    .toByteArray();
        }

        @Override
        byte[] leave(Stream stream) {
            return SessionRequest.newBuilder()
                    .setLeave(LeaveGroupRequest.newBuilder().setGroupName(stream.group()))
                    .build()
                    .toByteArray();
        }

        @Override
        boolean isError(ByteBuffer in, int from, int to) {
            return event(in, from, to).getAnswer().hasError();
        }

        @Override
        void walk(ByteBuffer in, int from, int to, EventBatch.Events events) {
            EventBatch.walk(in, from, to, events);
        }

        @Override
        boolean isOpened(ByteBuffer in, int from, int to) {
            return event(in, from, to).getAnswer().hasOpened();
        }

        @Override
        boolean isPublished(ByteBuffer in, int from, int to) {
            return EventBatch.isPublished(in, from, to);
        }
    };

    private static final byte[] ERROR = "\"error\":".getBytes(US_ASCII);
    private static final byte[] OPENED = "\"opened\":".getBytes(US_ASCII);
    private static final byte[] PUBLISHED = "\"published\":".getBytes(US_ASCII);
    /** Where an answer must say by then what it is: after its envelope and the number of the request. */
    private static final int HEAD_BYTES = 96;

    private final String target;
    private final String subprotocol;

    SessionFormat(String target, String subprotocol) {
        this.target = target;
        this.subprotocol = subprotocol;
    }

    /** Of the target that speaks it over WebSocket, on the command line. */
    String target() {
        return target;
    }

    String subprotocol() {
        return subprotocol;
    }

    /** The first request of a session. */
    abstract byte[] open(String actor);

    /**
     * A request to publish a blank payload.
     *
     * @param answered with counts; else only when it fails
     */
    abstract byte[] publish(Stream stream, boolean answered);

    /** A request to join, with a blank payload as metadata; answered when it fails. */
    abstract byte[] join(Stream stream);

    /** A request to leave; answered when it fails. */
    abstract byte[] leave(Stream stream);

    /** Whether an event is the answer to a request that failed. */
    abstract boolean isError(ByteBuffer in, int from, int to);

    private static Event event(ByteBuffer in, int from, int to) {
        byte[] event = new byte[to - from];
        in.get(from, event);
        try {
            return Event.parseFrom(event);
        } catch (InvalidProtocolBufferException malformed) {
            return Event.getDefaultInstance();
        }
    }

    /** Hands over the events of one message. */
    abstract void walk(ByteBuffer in, int from, int to, EventBatch.Events events);

    /** Whether an event is the answer to {@link #open}, and a success. */
    abstract boolean isOpened(ByteBuffer in, int from, int to);

    /** Whether an event is the answer to {@link #publish}, and a success. */
    abstract boolean isPublished(ByteBuffer in, int from, int to);

    private static boolean has(byte[] word, ByteBuffer in, int from, int to) {
        int last = Math.min(to, from + HEAD_BYTES) - word.length;
        for (int at = from; at <= last; at++) {
            int same = 0;
            while (same < word.length && in.get(at + same) == word[same]) {
                same++;
            }
            if (same == word.length) {
                return true;
            }
        }
        return false;
    }
}

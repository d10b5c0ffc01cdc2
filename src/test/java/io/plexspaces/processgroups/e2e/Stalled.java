package io.plexspaces.processgroups.e2e;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.plexspaces.processgroups.api.websocket.RawClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A subscriber that reads its first event, and then nothing until the test asks it to. */
interface Stalled extends AutoCloseable {
    /** Reads until an event like this, or the end; all events. */
    List<Event> readUntil(Predicate<Event> last);

    /** Reads to the end the server made; says with which error. */
    String readToEnd();

    @Override
    void close();

    static Stalled grpc(LiveServer server, String group, String actor) {
        GrpcClient own = server.newClient();
        var stream =
                own.subscribe(SubscribeRequest.newBuilder().setGroupName(group).setActorId(actor));
        stream.pause();
        return new Stalled() {
            @Override
            public List<Event> readUntil(Predicate<Event> last) {
                stream.resume();
                Awaitility.await()
                        .atMost(EventStream.PATIENCE)
                        .until(() ->
                                stream.end() != null || stream.events().stream().anyMatch(last));
                return stream.events();
            }

            @Override
            public String readToEnd() {
                stream.resume();
                Status end = stream.awaitEnd();
                return end.getCode() + " " + GrpcClient.reasonOf(Objects.requireNonNull(stream.failure()));
            }

            @Override
            public void close() {
                own.close();
            }
        };
    }

    /** On a bare socket with a small receive buffer. */
    static Stalled webSocket(LiveServer server, String group, String actor) {
        URI uri = URI.create(server.webSocket + "/" + server.tenant + "/default/" + group + "?actor=" + actor);
        List<Event> events = new ArrayList<>();
        RawClient socket;
        try {
            socket = RawClient.upgradedWithBuffer(uri, 4096, "Sec-WebSocket-Protocol: processgroups.v1.proto\r\n");
            events.addAll(parsed(socket.read()));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        return new Stalled() {
            @Override
            public List<Event> readUntil(Predicate<Event> last) {
                try {
                    while (events.stream().noneMatch(last)) {
                        RawClient.Received frame = socket.read();
                        if (frame.opcode() == 8) {
                            throw new AssertionError("closed " + frame.closeCode() + " after " + events.size());
                        }
                        events.addAll(parsed(frame));
                    }
                } catch (IOException failed) {
                    throw new AssertionError("after " + events.size() + " events", failed);
                }
                return events;
            }

            @Override
            public String readToEnd() {
                try {
                    RawClient.Received close = socket.readClose();
                    byte[] payload = close.payload();
                    return close.closeCode() + " "
                            + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8).split(":", 2)[0];
                } catch (IOException ended) {
                    return "end of the connection";
                }
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    private static List<Event> parsed(RawClient.Received frame) throws InvalidProtocolBufferException {
        return frame.opcode() == 2 ? SessionResponse.parseFrom(frame.payload()).getEventsList() : List.of();
    }
}

package io.plexspaces.processgroups.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceStub;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A connection for the requests of a session, on gRPC or on a WebSocket of either format: the same for its user. */
abstract class Dialogue implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final Map<Long, CompletableFuture<Outcome>> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<Outcome> subscribed = new CompletableFuture<>();
    private final CompletableFuture<Outcome> end = new CompletableFuture<>();
    private final AtomicLong numbers = new AtomicLong();

    /** Sends it, and waits for its answer, or for the end of the connection if that comes first. */
    Outcome ask(SessionRequest request) {
        long number = numbers.incrementAndGet();
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        asked.put(number, answer);
        try {
            send(request.toBuilder().setRequestId(number).build());
        } catch (RuntimeException closed) {
            // Then it ends, and says why.
        }
        return first(answer);
    }

    /** Waits until it receives the messages of a group, or for the end of the connection if that comes first. */
    Outcome subscribed() {
        return first(subscribed);
    }

    private Outcome first(CompletableFuture<Outcome> wanted) {
        CompletableFuture.anyOf(wanted, end)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        return wanted.isDone() ? wanted.join() : end.join();
    }

    /** Waits for the end of the connection. */
    Outcome end() {
        return first(end);
    }

    abstract void send(SessionRequest request);

    @Override
    public abstract void close();

    void came(List<Event> events) {
        for (Event event : events) {
            if (event.hasSubscribed()) {
                subscribed.complete(Outcome.DONE);
            }
            Answer answer = event.getAnswer();
            CompletableFuture<Outcome> waiting = asked.get(answer.getRequestId());
            if (waiting != null) {
                waiting.complete(Outcome.of(answer));
            }
        }
    }

    void ended(Outcome outcome) {
        end.complete(outcome);
    }

    /** Over gRPC. */
    static Dialogue on(ProcessGroupServiceStub stub) {
        return new OnGrpc(stub);
    }

    /**
     * Over a WebSocket.
     *
     * @param header the token in the header; null: it is not there
     * @param subprotocols the one to speak, and others
     */
    static Dialogue on(URI address, @Nullable String header, String... subprotocols) {
        return new OnWebSocket(address, header, subprotocols);
    }

    private static final class OnGrpc extends Dialogue implements StreamObserver<SessionResponse> {
        private final StreamObserver<SessionRequest> out;

        OnGrpc(ProcessGroupServiceStub stub) {
            out = stub.session(this);
        }

        @Override
        void send(SessionRequest request) {
            out.onNext(request);
        }

        @Override
        public void onNext(SessionResponse response) {
            came(response.getEventsList());
        }

        @Override
        public void onError(Throwable failure) {
            ended(Outcome.of(failure));
        }

        @Override
        public void onCompleted() {
            ended(Outcome.DONE);
        }

        @Override
        public void close() {
            try {
                out.onError(Status.CANCELLED.asRuntimeException());
            } catch (IllegalStateException overAlready) {
                // The server was first.
            }
        }
    }

    private static final class OnWebSocket extends Dialogue implements WebSocket.Listener {
        private static final HttpClient HTTP = HttpClient.newHttpClient();
        private static final JsonFormat.Printer WRITING = JsonFormat.printer().omittingInsignificantWhitespace();
        private static final JsonFormat.Parser READING = JsonFormat.parser().ignoringUnknownFields();

        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
        private final boolean json;
        private final WebSocket socket;

        OnWebSocket(URI address, @Nullable String header, String... subprotocols) {
            String[] others =
                    List.of(subprotocols).subList(1, subprotocols.length).toArray(String[]::new);
            json = subprotocols[0].equals(WsClient.JSON);
            WebSocket.Builder handshake = HTTP.newWebSocketBuilder().subprotocols(subprotocols[0], others);
            if (header != null) {
                handshake.header("Authorization", "Bearer " + header);
            }
            socket = handshake.buildAsync(address, this).join();
        }

        @Override
        void send(SessionRequest request) {
            if (json) {
                socket.sendText(toJson(request), true).join();
            } else {
                socket.sendBinary(ByteBuffer.wrap(request.toByteArray()), true).join();
            }
        }

        private static String toJson(SessionRequest request) {
            try {
                return WRITING.print(request);
            } catch (InvalidProtocolBufferException impossible) {
                throw new AssertionError(impossible);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    SessionResponse.Builder response = SessionResponse.newBuilder();
                    READING.merge(text.toString(), response);
                    came(response.getEventsList());
                } catch (InvalidProtocolBufferException malformed) {
                    ended(new Outcome("malformed", "", text.toString(), "", null));
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            binary.writeBytes(part);
            if (last) {
                try {
                    came(SessionResponse.parseFrom(binary.toByteArray()).getEventsList());
                } catch (InvalidProtocolBufferException malformed) {
                    ended(new Outcome("malformed", "", malformed.toString(), "", null));
                }
                binary.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            ended(Outcome.of(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            ended(new Outcome("broken", "", String.valueOf(failure), "", null));
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}

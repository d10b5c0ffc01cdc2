package io.plexspaces.processgroups.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A WebSocket client of the Java platform, with the events it got. A paused one reads nothing from its connection. */
public final class WsClient implements WebSocket.Listener, AutoCloseable {
    public static final String JSON = "processgroups.v1.json";
    public static final String PROTO = "processgroups.v1.proto";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final List<JsonNode> json = new ArrayList<>();
    private final List<Event> proto = new ArrayList<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private WebSocket socket;
    private boolean paused;
    private boolean owed;

    /** How the server ended it; code 1006: without saying so. */
    public record Closed(int code, String reason) {}

    private WsClient() {}

    public static WsClient connect(URI address, String subprotocol) {
        return connect(address, subprotocol, Map.of());
    }

    /** @param headers of the handshake, beside those every client sends */
    public static WsClient connect(URI address, String subprotocol, Map<String, String> headers) {
        return connecting(address, subprotocol, headers).join();
    }

    /** Completes when the handshake has been answered, with a failure where it was refused. */
    public static CompletableFuture<WsClient> connecting(URI address, String subprotocol) {
        return connecting(address, subprotocol, Map.of());
    }

    /** The same by a client that has its own settings of TLS. */
    public static CompletableFuture<WsClient> connecting(URI address, String subprotocol, HttpClient http) {
        return connecting(address, subprotocol, Map.of(), http);
    }

    private static CompletableFuture<WsClient> connecting(
            URI address, String subprotocol, Map<String, String> headers) {
        return connecting(address, subprotocol, headers, HTTP);
    }

    private static CompletableFuture<WsClient> connecting(
            URI address, String subprotocol, Map<String, String> headers, HttpClient http) {
        WsClient client = new WsClient();
        WebSocket.Builder handshake = http.newWebSocketBuilder().subprotocols(subprotocol);
        headers.forEach(handshake::header);
        return handshake.buildAsync(address, client).thenApply(socket -> {
            client.socket = socket;
            return client;
        });
    }

    public WsClient send(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    public WsClient send(MessageLite message) {
        return send(message.toByteArray());
    }

    public WsClient send(byte[] message) {
        socket.sendBinary(ByteBuffer.wrap(message), true).join();
        return this;
    }

    /** The socket itself, for what is not done every day. */
    public WebSocket socket() {
        return socket;
    }

    /** JSON events until now. */
    public List<JsonNode> json() {
        synchronized (json) {
            return List.copyOf(json);
        }
    }

    /** Binary events until now. */
    public List<Event> proto() {
        synchronized (json) {
            return List.copyOf(proto);
        }
    }

    /** Messages until now, as text, from events of either kind. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (JsonNode event : json()) {
            JsonNode message = event.path("message");
            if (message.has("text")) {
                texts.add(message.get("text").textValue());
            } else if (message.has("data")) {
                texts.add(message.get("data").toString());
            }
        }
        for (Event event : proto()) {
            if (event.hasMessage()) {
                texts.add(event.getMessage().getPayload().toStringUtf8());
            }
        }
        return texts;
    }

    public void awaitEvents(int least) {
        EventStream.patiently().until(() -> json().size() + proto().size() >= least || closed.isDone());
    }

    public List<String> awaitTexts(int least) {
        EventStream.patiently().until(() -> texts().size() >= least || closed.isDone());
        return texts();
    }

    /** The first JSON event that has something at this JSON pointer, now or later. */
    public JsonNode awaitJson(String pointer) {
        return awaitJson(event -> !event.at(pointer).isMissingNode());
    }

    /** The first JSON event of a kind, now or later. */
    public JsonNode awaitJson(Predicate<JsonNode> wanted) {
        return EventStream.patiently()
                .until(() -> json().stream().filter(wanted).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** Waits for the server's end of it. */
    public Closed awaitClosed() {
        EventStream.patiently().until(closed::isDone);
        return closed.join();
    }

    /** How it ended; null: it is live. */
    public @Nullable Closed closed() {
        return closed.getNow(null);
    }

    /** Reads at most one more frame, until {@link #resume()}. */
    public void pause() {
        synchronized (json) {
            paused = true;
        }
    }

    public void resume() {
        boolean more;
        synchronized (json) {
            paused = false;
            more = owed;
            owed = false;
        }
        if (more) {
            socket.request(1);
        }
    }

    /** Ends the TCP connection without a close frame. */
    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                JsonNode events = MAPPER.readTree(text.toString()).path("events");
                synchronized (json) {
                    events.forEach(json::add);
                }
            } catch (JsonProcessingException malformed) {
                closed.completeExceptionally(malformed);
            }
            text.setLength(0);
        }
        requestNext(from);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        binary.writeBytes(part);
        if (last) {
            try {
                List<Event> events =
                        SessionResponse.parseFrom(binary.toByteArray()).getEventsList();
                synchronized (json) {
                    proto.addAll(events);
                }
            } catch (InvalidProtocolBufferException malformed) {
                closed.completeExceptionally(malformed);
            }
            binary.reset();
        }
        requestNext(from);
        return null;
    }

    private void requestNext(WebSocket from) {
        boolean more;
        synchronized (json) {
            owed = paused;
            more = !paused;
        }
        if (more) {
            from.request(1);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(new Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closed.complete(new Closed(1006, String.valueOf(failure.getMessage())));
    }
}

package io.plexspaces.processgroups.api.websocket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client as any platform has one: JSON in text frames, nothing of ours. */
final class Browser implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SECONDS = 10;

    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> binary = new LinkedBlockingQueue<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private WebSocket socket;

    /** How the server ended it. */
    record Closed(int code, String reason) {}

    static Browser connect(URI uri, String... subprotocols) {
        Browser browser = new Browser();
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        URI address = URI.create(uri.toString().replaceFirst("^http", "ws"));
        if (subprotocols.length > 0) {
            String[] others = new String[subprotocols.length - 1];
            System.arraycopy(subprotocols, 1, others, 0, others.length);
            builder.subprotocols(subprotocols[0], others);
        }
        try {
            browser.socket = builder.buildAsync(address, browser).join();
        } catch (CompletionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
        return browser;
    }

    Browser send(String json) {
        socket.sendText(json, true).join();
        return this;
    }

    Browser send(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
        return this;
    }

    /** Sends one message in two frames. */
    Browser sendInParts(String first, String second) {
        socket.sendText(first, false).join();
        socket.sendText(second, true).join();
        return this;
    }

    /** The next event. */
    JsonNode next() {
        return polled(events);
    }

    /** The next binary message. */
    byte[] nextBinary() {
        return polled(binary);
    }

    /** The answer to a request; events before it are skipped. */
    JsonNode answer() {
        JsonNode event = next();
        while (!event.has("answer")) {
            event = next();
        }
        return event.get("answer");
    }

    boolean isQuiet() {
        return events.isEmpty();
    }

    Closed closed() {
        return closed.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }

    String subprotocol() {
        return socket.getSubprotocol();
    }

    /** Ends the TCP connection without a close frame. */
    void vanish() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                JSON.readTree(text.toString()).get("events").forEach(events::add);
            } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
                closed.completeExceptionally(malformed);
            }
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.add(bytes);
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(new Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closed.completeExceptionally(failure);
    }

    private static <T> T polled(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came");
            }
            return next;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}

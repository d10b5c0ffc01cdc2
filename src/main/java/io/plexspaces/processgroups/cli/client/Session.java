package io.plexspaces.processgroups.cli.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session on one WebSocket. Requests may come from any thread, and are sent one behind the other. Events come in
 * the order of the server, one at a time, on a thread of the client: as long as the handler of one takes, nothing
 * more is read, so that a slow handler slows its server down.
 */
public final class Session implements AutoCloseable {
    private static final String SUBPROTOCOL = "processgroups.v1.json";

    /** In characters. Longer is no frame of a server. */
    private static final int LONGEST_FRAME = 64 << 20;

    private static final int REGULAR = 1000;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;
    private static final long LAST_WORDS = 2;

    /** After so much silence the server is asked for a sign of life; after twice as much it is given up. */
    private static final long SILENCE_SECONDS = 30;

    private static final long LOOK_SECONDS = 10;

    private final Target target;
    private final Consumer<List<Json>> events;
    private final CompletableFuture<Lost> lost = new CompletableFuture<>();
    private final Map<Long, BiConsumer<@Nullable Json, @Nullable RuntimeException>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private @Nullable WebSocket socket;

    /** When something came last, as {@link System#nanoTime}; while it is being handled, nothing else can. */
    private volatile long heardAt = System.nanoTime();

    private volatile boolean handles;

    private Session(Target target, Consumer<List<Json>> events) {
        this.target = target;
        this.events = events;
    }

    /**
     * Blocks until it is connected.
     *
     * @param events takes all of a frame that is no answer; what it throws ends the connection, and is what {@link
     * #lost} fails with
     * @throws Failure it cannot be connected
     */
    public static Session connect(Target target, Consumer<List<Json>> events) {
        Session session = new Session(target, events);
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(target.timeout());
        client.sslContext(target.isTls() ? Trust.context(target.authority()) : Trust.nobody());
        WebSocket.Builder builder = client.build()
                .newWebSocketBuilder()
                .connectTimeout(target.timeout())
                .subprotocols(SUBPROTOCOL);
        if (target.token() != null) {
            builder.header("Authorization", "Bearer " + target.token());
        }
        String scheme = target.isTls() ? "wss://" : "ws://";
        URI address = URI.create(
                scheme + target.server().getRawAuthority() + target.server().getRawPath() + "/ws");
        try {
            session.socket = builder.buildAsync(address, session.new Receiver())
                    .get(target.timeout().toMillis(), TimeUnit.MILLISECONDS);
            session.lookLater();
            return session;
        } catch (ExecutionException failed) {
            throw session.notConnected(failed.getCause());
        } catch (TimeoutException tooLong) {
            throw Unreachables.of(target, new SocketTimeoutException());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw Failure.unreachable("interrupted");
        }
    }

    private Failure notConnected(@Nullable Throwable failure) {
        if (failure instanceof WebSocketHandshakeException refused) {
            return switch (refused.getResponse().statusCode()) {
                case UNAUTHORIZED -> new Refused("UNAUTHENTICATED", "the token is not accepted", "");
                case FORBIDDEN -> new Refused("", "the server lets nobody in from here (HTTP 403)", "");
                case UNAVAILABLE ->
                    Failure.unreachable(
                            target.place() + " has no more room for connections (HTTP 503): try again later");
                default ->
                    Failure.unreachable("no process groups are served at " + target.server() + " (HTTP "
                            + refused.getResponse().statusCode() + " at /ws): look at the port and path in --server");
            };
        }
        return failure instanceof IOException broken
                ? Unreachables.of(target, broken)
                : Failure.unreachable("no connection to " + target.server() + ": " + failure);
    }

    /** Completes when the connection has ended and this side did not close it. */
    public CompletableFuture<Lost> lost() {
        return lost;
    }

    /**
     * Sends a request, and waits for its answer.
     *
     * @param kind of the request, such as {@code join}
     * @return what the answer holds
     * @throws Refused the server said no
     * @throws Failure the connection ended, or there was no answer in time
     */
    public Json request(String kind, Json request) {
        CompletableFuture<Json> answer = new CompletableFuture<>();
        send(kind, request, (answered, failure) -> {
            if (failure == null) {
                answer.complete(answered == null ? Json.object() : answered);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        try {
            return answer.get(target.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException known
                    ? known
                    : new CompletionException(failed.getCause());
        } catch (TimeoutException tooLong) {
            throw Unreachables.of(target, new SocketTimeoutException());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw Failure.unreachable("interrupted");
        }
    }

    /**
     * Sends a request. Blocks until the network has taken it.
     *
     * @param answer gets what the answer holds, or why there is none, once; on a thread that reads, or on this one
     */
    public void send(String kind, Json request, BiConsumer<@Nullable Json, @Nullable RuntimeException> answer) {
        long id = ids.incrementAndGet();
        waiting.put(id, answer);
        String frame = Json.object().put("requestId", id).put(kind, request).toString();
        try {
            synchronized (ids) {
                connected().sendText(frame, true).join();
            }
        } catch (CompletionException broken) {
            lose(new Lost(Failure.unreachable("the connection to " + target.place() + " broke"), true));
        }
        if (lost.isDone()) {
            // Whoever answered all that waited may have done so before this one came.
            answerAll();
        }
    }

    private WebSocket connected() {
        if (socket == null) {
            throw new IllegalStateException("not connected");
        }
        return socket;
    }

    /** A connection that only one side knows of ends no other way. */
    private void lookLater() {
        CompletableFuture.delayedExecutor(LOOK_SECONDS, TimeUnit.SECONDS).execute(() -> {
            if (lost.isDone()) {
                return;
            }
            long silent = handles ? 0 : System.nanoTime() - heardAt;
            if (silent > TimeUnit.SECONDS.toNanos(2 * SILENCE_SECONDS)) {
                lose(new Lost(Failure.unreachable(target.place() + " gives no sign of life"), true));
                connected().abort();
                return;
            }
            if (silent > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
                // That it cannot be sent is silence, too.
                connected().sendPing(ByteBuffer.allocate(0));
            }
            lookLater();
        });
    }

    private void heard(boolean handling) {
        heardAt = System.nanoTime();
        handles = handling;
    }

    private void lose(Lost how) {
        lost.complete(how);
        answerAll();
    }

    /** The connection is lost: nobody else will. */
    private void answerAll() {
        RuntimeException why = lost.handle(
                        (how, failure) -> failure instanceof RuntimeException known ? known : how.why())
                .join();
        for (Long id : List.copyOf(waiting.keySet())) {
            var answer = waiting.remove(id);
            if (answer != null) {
                answer.accept(null, why);
            }
        }
    }

    private void take(Json frame) {
        List<Json> others = new ArrayList<>();
        for (Json event : frame.objects("events")) {
            if (event.has("answer")) {
                answer(event.object("answer"));
            } else {
                others.add(event);
            }
        }
        if (!others.isEmpty()) {
            events.accept(others);
        }
    }

    private void answer(Json answer) {
        var asked = waiting.remove(answer.number("requestId"));
        if (asked == null) {
            return;
        }
        Json error = answer.object("error");
        if (answer.has("error")) {
            asked.accept(null, new Refused(error.text("reason"), error.text("message"), error.text("field")));
        } else {
            Json result = answer.names().stream()
                    .filter(name -> !name.equals("requestId"))
                    .findFirst()
                    .map(answer::object)
                    .orElseGet(Json::object);
            asked.accept(result, null);
        }
    }

    /** Ends the connection; waits a moment for the other side to have heard it. */
    @Override
    public void close() {
        lose(new Lost(Failure.unreachable("closed"), false));
        try {
            connected().sendClose(REGULAR, "").get(LAST_WORDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException gone) {
            connected().abort();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            connected().abort();
        }
    }

    /** Puts frames together. */
    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder frame = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            frame.append(part);
            heard(true);
            try {
                if (frame.length() > LONGEST_FRAME) {
                    throw Failure.unreachable(target.place() + " sends what no server of process groups does");
                } else if (last) {
                    String whole = frame.toString();
                    frame.setLength(0);
                    take(Json.parse(whole));
                }
                from.request(1);
            } catch (IllegalArgumentException unreadable) {
                lose(new Lost(Failure.unreachable(target.place() + " sends what cannot be read"), false));
                from.abort();
            } catch (RuntimeException failure) {
                lost.completeExceptionally(failure);
                answerAll();
                from.abort();
            } finally {
                heard(false);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
            heard(false);
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
            heard(false);
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            lose(Closes.lost(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            lose(new Lost(Failure.unreachable("the connection to " + target.place() + " broke"), true));
        }
    }
}

package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One connection to one server, with a client of its own, so that closing it closes the socket. Ends once and for all.
 */
final class ServerConnection {
    private static final int MOST_WAITING = 65_536;
    private static final Escapes ESCAPES = new Escapes(ServerConnection.class);

    /** Of a command that was given up while the connection goes on. */
    static final Throwable LATE = new VertxException("no answer in time", true);

    private static final ErrorType CLOSED = ErrorType.create("CONNECTION_CLOSED");

    private final Context context;
    private final Redis client;
    private final RedisConnection connection;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Oldest first, but for those that several threads send at one moment. */
    private final Queue<Sent> unanswered = new ConcurrentLinkedQueue<>();

    private volatile Runnable end = () -> {};
    private volatile boolean closed;
    private volatile long heard = System.nanoTime();

    /** A command that is not answered yet. */
    private static final class Sent {
        final long at = System.nanoTime();
        final Promise<Response> answer = Promise.promise();
    }

    private ServerConnection(Context context, Redis client, RedisConnection connection) {
        this.context = context;
        this.client = client;
        this.connection = connection;
    }

    /**
     * Connects and introduces itself.
     *
     * @param base credentials, TLS and the like; its endpoints do not matter
     * @param patience how long that may take; a server that is stopped accepts connections, and says nothing
     */
    static Future<ServerConnection> open(Vertx vertx, RedisOptions base, String endpoint, Duration patience) {
        int millis =
                (int) Math.min(patience.toMillis(), base.getNetClientOptions().getConnectTimeout());
        Redis client = Redis.createClient(vertx, options(base, endpoint, millis));
        Promise<ServerConnection> opened = Promise.promise();
        long timer = vertx.setTimer(millis, id -> opened.tryFail("no answer within " + millis + " ms"));
        Context context = ((VertxInternal) vertx).createEventLoopContext();
        context.runOnContext(now -> client.connect().onComplete(made -> {
            if (made.failed()) {
                opened.tryFail(made.cause());
            } else {
                opened.tryComplete(new ServerConnection(context, client, made.result()));
            }
        }));
        return opened.future().onComplete(done -> vertx.cancelTimer(timer)).onFailure(failure -> client.close());
    }

    private static RedisOptions options(RedisOptions base, String endpoint, int millis) {
        NetClientOptions net = new NetClientOptions(base.getNetClientOptions());
        net.setConnectTimeout(millis);
        net.setReconnectAttempts(0);
        return new RedisOptions(base)
                .setType(RedisClientType.STANDALONE)
                .setEndpoints(List.of(endpoint))
                .setNetClientOptions(net)
                .setMaxPoolSize(1)
                .setMaxPoolWaiting(1)
                .setPoolCleanerInterval(-1)
                .setPoolRecycleTimeout(-1)
                .setProtocolNegotiation(true)
                .setPreferredProtocolVersion(ProtocolVersion.RESP3)
                .setMaxWaitingHandlers(MOST_WAITING);
    }

    /** @param end called once, also after {@link #close} */
    void whenEnded(Runnable end) {
        this.end = end;
        connection.endHandler(any -> ended());
        connection.exceptionHandler(failure -> {
            close();
            ended();
        });
    }

    private void ended() {
        if (ended.compareAndSet(false, true)) {
            try {
                end.run();
            } catch (Throwable escaped) {
                ESCAPES.add("what follows the end of a connection to the store", escaped);
            }
        }
    }

    /** Messages of the server that answer no command. What the handler throws ends the connection. */
    void whenPushed(Handler<Response> handler) {
        connection.handler(push -> {
            try {
                handler.handle(push);
            } catch (Throwable escaped) {
                escaped("a listener of the store", escaped);
            }
        });
    }

    /**
     * Commands are sent in the order of the calls, on any threads; the connection alone would send those of its own
     * thread before others. Answers come on the connection's thread. A handler of an answer that throws ends the
     * connection, as it would no longer be known which answer belongs to which command.
     *
     * <p>Nothing that is sent here is answered with nil; the annotation that it could be is seen by newer compilers
     * alone.
     */
    @SuppressWarnings("NullAway")
    Future<Response> send(Request request) {
        Sent sent = new Sent();
        unanswered.add(sent);
        context.runOnContext(now -> {
            try {
                if (closed) {
                    answered(sent, Future.failedFuture(CLOSED));
                } else {
                    connection.send(request).onComplete(done -> answered(sent, done));
                }
            } catch (Throwable failure) {
                answered(sent, Future.failedFuture(failure));
            }
        });
        return sent.answer.future();
    }

    private void answered(Sent sent, AsyncResult<Response> done) {
        heard = System.nanoTime();
        if (unanswered.peek() == sent) {
            unanswered.poll();
        } else {
            unanswered.remove(sent);
        }
        settle(sent, done);
    }

    private void settle(Sent sent, AsyncResult<Response> done) {
        try {
            if (done.succeeded()) {
                sent.answer.tryComplete(done.result());
            } else {
                sent.answer.tryFail(done.cause());
            }
        } catch (Throwable escaped) {
            escaped("what takes an answer of the store", escaped);
        }
    }

    private void escaped(String place, Throwable escaped) {
        ESCAPES.add(place, escaped);
        close();
        ended();
    }

    /** How long the oldest command that has no answer has waited, in nanoseconds; 0: none waits. */
    long longestUnanswered() {
        Sent oldest = unanswered.peek();
        return oldest == null ? 0 : System.nanoTime() - oldest.at;
    }

    /** How long it has answered nothing, though a command waits, in nanoseconds; 0: none waits. */
    long silence() {
        return Math.min(longestUnanswered(), Math.max(0, System.nanoTime() - heard));
    }

    /** Fails commands that have waited for longer. A late answer is dropped. */
    void failOlderThan(long nanos) {
        long now = System.nanoTime();
        for (Sent sent : unanswered) {
            if (now - sent.at <= nanos) {
                return;
            }
            settle(sent, Future.failedFuture(LATE));
        }
    }

    /** What waits for an answer fails, here or on the thread of the connection. Idempotent. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        client.close();
        context.runOnContext(now -> {
            for (Sent sent = unanswered.poll(); sent != null; sent = unanswered.poll()) {
                settle(sent, Future.failedFuture(CLOSED));
            }
        });
    }
}

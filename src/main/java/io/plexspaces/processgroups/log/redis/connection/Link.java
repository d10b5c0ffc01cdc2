package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection to one server, with a client of its own, so that closing it closes the socket. Ends once and for all. */
final class Link {
    private static final int MOST_WAITING = 65_536;

    private final Context context;
    private final Redis client;
    private final RedisConnection connection;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Link(Context context, Redis client, RedisConnection connection) {
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
    static Future<Link> open(Vertx vertx, RedisOptions base, String endpoint, Duration patience) {
        int millis =
                (int) Math.min(patience.toMillis(), base.getNetClientOptions().getConnectTimeout());
        Redis client = Redis.createClient(vertx, options(base, endpoint, millis));
        Promise<Link> opened = Promise.promise();
        long timer = vertx.setTimer(millis, id -> opened.tryFail("no answer within " + millis + " ms"));
        Context context = ((VertxInternal) vertx).createEventLoopContext();
        context.runOnContext(now -> client.connect().onComplete(made -> {
            if (made.failed()) {
                opened.tryFail(made.cause());
            } else {
                opened.tryComplete(new Link(context, client, made.result()));
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
        Handler<Object> once = any -> {
            if (ended.compareAndSet(false, true)) {
                end.run();
            }
        };
        connection.endHandler(once::handle);
        connection.exceptionHandler(failure -> {
            close();
            once.handle(failure);
        });
    }

    /** What comes without having been asked for. */
    void whenPushed(Handler<Response> handler) {
        connection.handler(handler);
    }

    /**
     * What one call sends is before what a later one does, whatever their threads; the connection itself lets its own thread pass by others. Answers
     * come on the connection's thread.
     *
     * <p>Nothing that is sent here is answered with nil; the annotation that it could be is seen by newer compilers alone.
     */
    @SuppressWarnings("NullAway")
    Future<Response> send(Request request) {
        Promise<Response> answer = Promise.promise();
        context.runOnContext(now -> {
            try {
                connection.send(request).onComplete(answer);
            } catch (Throwable failure) {
                answer.tryFail(failure);
            }
        });
        return answer.future();
    }

    /** What waits for an answer fails. Idempotent. */
    void close() {
        client.close();
    }
}

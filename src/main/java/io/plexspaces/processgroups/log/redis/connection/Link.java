package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection to one server, with a client of its own, so that closing it closes the socket. Ends once and for all. */
final class Link {
    private static final int MOST_WAITING = 65_536;
    private static final int CONNECT_MILLIS = 2_000;

    private final Redis client;
    private final RedisConnection connection;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Link(Redis client, RedisConnection connection) {
        this.client = client;
        this.connection = connection;
    }

    /** @param base credentials, TLS and the like; its endpoints do not matter */
    static Future<Link> open(Vertx vertx, RedisOptions base, String endpoint) {
        NetClientOptions net = new NetClientOptions(base.getNetClientOptions());
        net.setConnectTimeout(Math.min(net.getConnectTimeout(), CONNECT_MILLIS));
        net.setReconnectAttempts(0);
        RedisOptions options = new RedisOptions(base)
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
        Redis client = Redis.createClient(vertx, options);
        return client.connect().map(connection -> new Link(client, connection)).onFailure(failure -> client.close());
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

    Future<Response> send(Request request) {
        return connection.send(request);
    }

    /** What waits for an answer fails. Idempotent. */
    void close() {
        client.close();
    }
}

package io.plexspaces.processgroups.api.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.plexspaces.processgroups.api.AcceptQueue;
import io.plexspaces.processgroups.api.OpenConnections;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts the {@link Entrance} into every HTTP listener. The platform has no hook for a connection that was accepted, so
 * the listeners are looked up among what the accepting event loops have registered, by their ports: gRPC's is there,
 * too. Connections that were accepted before that are caught up with.
 */
@Singleton
final class HttpDoor {
    private final VertxInternal vertx;
    private final HttpServer server;
    private final ManagementListener management;
    private final Entrance entrance;

    HttpDoor(
            Vertx vertx,
            HttpServer server,
            ManagementListener management,
            OpenConnections open,
            HttpSettings settings) {
        this.vertx = (VertxInternal) vertx;
        this.server = server;
        this.management = management;
        this.entrance = new Entrance(open, settings.requestTimeout());
    }

    void plain(@ObservesAsync HttpServerStart started) {
        watch();
    }

    void encrypted(@ObservesAsync HttpsServerStart started) {
        watch();
    }

    private void watch() {
        each(vertx.getAcceptorEventLoopGroup(), channel -> {
            if (isOurs(channel) && channel.pipeline().get(Entrance.NAME) == null) {
                channel.pipeline().addFirst(Entrance.NAME, entrance);
                AcceptQueue.install(channel);
                each(vertx.getEventLoopGroup(), accepted -> admitLate(channel, accepted));
            }
        });
    }

    private boolean isOurs(Channel channel) {
        return channel instanceof ServerChannel
                && channel.localAddress() instanceof InetSocketAddress address
                && isOurs(address.getPort());
    }

    private boolean isOurs(int port) {
        Integer managed = management.port();
        return port == server.getPort() || port == server.getSecurePort() || (managed != null && port == managed);
    }

    private void admitLate(Channel listener, Channel accepted) {
        if (accepted.parent() == listener) {
            entrance.admitLate(accepted);
        }
    }

    /** Each channel of these event loops, on its loop. */
    private static void each(EventLoopGroup loops, Consumer<Channel> action) {
        for (EventExecutor each : loops) {
            if (each instanceof SingleThreadEventLoop loop) {
                loop.execute(() -> {
                    List<Channel> registered = new ArrayList<>();
                    loop.registeredChannelsIterator().forEachRemaining(registered::add);
                    registered.forEach(action);
                });
            }
        }
    }
}

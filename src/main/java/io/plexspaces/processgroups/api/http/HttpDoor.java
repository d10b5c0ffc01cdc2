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
import org.jspecify.annotations.Nullable;

/**
 * Puts the {@link Entrance} into every HTTP listener. The platform has no hook for a connection that was accepted, so
 * the listeners are looked up among what the accepting event loops have registered, by their ports: gRPC's is there,
 * too. Connections that were accepted before that are caught up with.
 */
@Singleton
final class HttpDoor {
    /** Connections of the management listener, besides as many for one answer each. */
    private static final int MANAGERS = 64;

    private final VertxInternal vertx;
    private final HttpServer server;
    private final ManagementListener management;
    private final Entrance entrance;

    /** Clients that have taken all of their places must not keep probes out. */
    private final Entrance managers;

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
        OpenConnections.Limits few = new OpenConnections.Limits(MANAGERS, 0);
        this.managers = new Entrance(
                new OpenConnections(few, "management listener", open.pace(), System::nanoTime),
                settings.requestTimeout());
    }

    void plain(@ObservesAsync HttpServerStart started) {
        watch();
    }

    void encrypted(@ObservesAsync HttpsServerStart started) {
        watch();
    }

    private void watch() {
        each(vertx.getAcceptorEventLoopGroup(), channel -> {
            Entrance own = entranceOf(channel);
            if (own != null && channel.pipeline().get(Entrance.NAME) == null) {
                channel.pipeline().addFirst(Entrance.NAME, own);
                AcceptQueue.install(channel, own.pace());
                each(vertx.getEventLoopGroup(), accepted -> {
                    if (accepted.parent() == channel) {
                        own.admitLate(accepted);
                    }
                });
            }
        });
    }

    /** Null: it is no HTTP listener. */
    private @Nullable Entrance entranceOf(Channel channel) {
        if (!(channel instanceof ServerChannel) || !(channel.localAddress() instanceof InetSocketAddress address)) {
            return null;
        }
        Integer managed = management.port();
        if (managed != null && address.getPort() == managed) {
            return managers;
        }
        return address.getPort() == server.getPort() || address.getPort() == server.getSecurePort() ? entrance : null;
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

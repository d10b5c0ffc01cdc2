package io.plexspaces.processgroups.api.grpc;

import io.grpc.netty.NettyServerBuilder;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.api.grpc.transport.Bounds;
import io.plexspaces.processgroups.api.grpc.transport.GrpcTransport;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Limits of the gRPC server, and the search for dead peers. The executor of calls stays the server's own: it runs all
 * callbacks of a call on one event loop in their order, while a direct one runs some of them before earlier ones that
 * wait for their turn in the call's context.
 */
@Singleton
final class GrpcServerSettings implements ServerBuilderCustomizer<VertxServerBuilder> {
    /** A client that pings more often than this is disconnected. */
    private static final int FASTEST_CLIENT_PING_SECONDS = 5;

    private static final int HANDSHAKE_SECONDS = 10;

    /** How long the end of a stream may wait for its client. */
    private static final Duration LAST_DATA = Duration.ofSeconds(5);

    /** How long a client may take nothing of its answers. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private final ApiSettings settings;
    private final ServerBudget budget;
    private final OpenConnections open;
    private final GrpcTls tls;

    GrpcServerSettings(ApiSettings settings, ServerBudget budget, OpenConnections open, GrpcTls tls) {
        this.open = open;
        this.tls = tls;
        this.settings = settings;
        this.budget = budget;
    }

    static Bounds bounds(ApiSettings settings, ServerBudget budget) {
        return new Bounds(
                settings.maxStreamsPerConnection(),
                settings.maxInFlightBytes(),
                settings.maxRequestBytes(),
                LAST_DATA,
                PATIENCE,
                budget);
    }

    @Override
    public void customize(GrpcServerConfiguration configuration, VertxServerBuilder server) {
        NettyServerBuilder netty = server.nettyBuilder();
        netty.keepAliveTime(settings.pingInterval().toMillis(), TimeUnit.MILLISECONDS);
        netty.keepAliveTimeout(settings.pongTimeout().toMillis(), TimeUnit.MILLISECONDS);
        netty.permitKeepAliveTime(FASTEST_CLIENT_PING_SECONDS, TimeUnit.SECONDS);
        netty.permitKeepAliveWithoutCalls(true);
        netty.handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        netty.maxInboundMessageSize(settings.maxRequestBytes());
        netty.maxInboundMetadataSize(settings.maxHeaderBytes());
        netty.maxConcurrentCallsPerConnection(settings.maxStreamsPerConnection());
        GrpcTransport.bound(netty, bounds(settings, budget), open, tls.context());
    }
}

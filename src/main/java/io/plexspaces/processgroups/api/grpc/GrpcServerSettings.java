package io.plexspaces.processgroups.api.grpc;

import io.grpc.netty.NettyServerBuilder;
import io.plexspaces.processgroups.api.ApiSettings;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.inject.Singleton;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Limits of the gRPC server, the search for dead peers, and the thread calls are handled on. */
@Singleton
final class GrpcServerSettings implements ServerBuilderCustomizer<VertxServerBuilder> {
    /** A client that pings more often than this is disconnected. */
    private static final int FASTEST_CLIENT_PING_SECONDS = 5;

    private static final int HANDSHAKE_SECONDS = 10;

    /** Another executor could run the callbacks of one call in another order than they were made. */
    private static final Executor DIRECT = Runnable::run;

    private final ApiSettings settings;

    GrpcServerSettings(ApiSettings settings) {
        this.settings = settings;
    }

    @Override
    public void customize(GrpcServerConfiguration configuration, VertxServerBuilder server) {
        NettyServerBuilder netty = server.nettyBuilder();
        netty.callExecutor(new OnTransportThread());
        netty.keepAliveTime(settings.pingInterval().toMillis(), TimeUnit.MILLISECONDS);
        netty.keepAliveTimeout(settings.pongTimeout().toMillis(), TimeUnit.MILLISECONDS);
        netty.permitKeepAliveTime(FASTEST_CLIENT_PING_SECONDS, TimeUnit.SECONDS);
        netty.permitKeepAliveWithoutCalls(true);
        netty.handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
        netty.maxInboundMessageSize(settings.maxRequestBytes());
        netty.maxInboundMetadataSize(settings.maxHeaderBytes());
        netty.maxConcurrentCallsPerConnection(settings.maxStreamsPerConnection());
    }

    private static final class OnTransportThread implements io.grpc.ServerCallExecutorSupplier {
        @Override
        public <Q, A> Executor getExecutor(io.grpc.ServerCall<Q, A> call, io.grpc.Metadata headers) {
            return DIRECT;
        }
    }
}

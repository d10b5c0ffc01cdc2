package io.plexspaces.processgroups.api.grpc.transport;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import io.plexspaces.processgroups.api.OpenConnections;
import org.jspecify.annotations.Nullable;

/** Sets bounds to the connections of a gRPC server. */
public final class GrpcTransport {
    /** Streams that a peer may open and reset again, and in how many seconds. */
    private static final int RESETS = 2_000;

    private static final int RESETS_SECONDS = 10;

    private GrpcTransport() {}

    /**
     * To be called once for each server, before it is built.
     *
     * @param open where each connection of the server takes a place; one for which there is none is closed
     * @param tls null: the server speaks plain text
     */
    public static void bound(NettyServerBuilder server, Bounds bounds, OpenConnections open, @Nullable SslContext tls) {
        Reading reading = new Reading();
        InternalProtocolNegotiator.ProtocolNegotiator negotiator = tls == null
                ? InternalProtocolNegotiators.serverPlaintext()
                : InternalProtocolNegotiators.serverTls(tls);
        server.protocolNegotiator(new Bounded(negotiator, bounds, open, reading));
        server.addStreamTracerFactory(new Calls(reading));
        server.flowControlWindow(Math.toIntExact(Math.min(bounds.heldBytes(), Integer.MAX_VALUE)));
        server.maxRstFramesPerWindow(RESETS, RESETS_SECONDS);
    }

    private record Bounded(
            InternalProtocolNegotiator.ProtocolNegotiator negotiator,
            Bounds bounds,
            OpenConnections open,
            Reading reading)
            implements InternalProtocolNegotiator.ProtocolNegotiator {
        @Override
        public AsciiString scheme() {
            return negotiator.scheme();
        }

        @Override
        public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
            return new PeerEntry(open, negotiator.newHandler(grpc), new PeerHandler(grpc, bounds, reading));
        }

        @Override
        public void close() {
            negotiator.close();
        }
    }

    private static final class Calls extends ServerStreamTracer.Factory {
        private static final ServerStreamTracer NONE = new ServerStreamTracer() {};

        private final Reading reading;

        Calls(Reading reading) {
            this.reading = reading;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            PeerCall call = reading.call();
            return call == null ? NONE : call;
        }
    }
}

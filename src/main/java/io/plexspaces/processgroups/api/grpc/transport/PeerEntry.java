package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.plexspaces.processgroups.api.AcceptQueue;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.api.SocketBounds;

/**
 * What a connection passes when it was accepted, before its peer has said anything: one for which the server has no
 * place is closed. It counts from here on, also during a handshake of TLS, for which it has 10 s. First in the
 * pipeline.
 */
final class PeerEntry extends ChannelHandlerAdapter {
    private final OpenConnections open;
    private final ChannelHandler negotiation;
    private final PeerHandler peer;

    /**
     * @param negotiation of grpc-java: what it puts into the pipeline for TLS comes before it
     * @param peer to be put where bytes are plain
     */
    PeerEntry(OpenConnections open, ChannelHandler negotiation, PeerHandler peer) {
        this.open = open;
        this.negotiation = negotiation;
        this.peer = peer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        AcceptQueue.install(added.channel().parent(), open.pace());
        OpenConnections.Place place = open.enter(added.channel().remoteAddress());
        if (place == null) {
            // Not while the channel is still being made.
            added.executor().execute(added::close);
            return;
        }
        added.channel().closeFuture().addListener(closed -> place.leave());
        SocketBounds.set(added.channel());
        added.pipeline().addAfter(added.name(), null, negotiation);
        ChannelHandlerContext tls = added.pipeline().context(SslHandler.class);
        added.pipeline().addAfter(tls == null ? added.name() : tls.name(), null, peer);
    }
}

package io.plexspaces.processgroups.api.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.plexspaces.processgroups.api.AcceptQueue;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.api.SocketBounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a connection passes when a listener has accepted it, before it is given to an event loop: it gets a place and a
 * {@link RequestGuard}, or is reset. In the pipeline of the listener; thread-safe.
 */
@Sharable
final class Entrance extends ChannelInboundHandlerAdapter {
    static final String NAME = "entrance";
    private static final System.Logger LOG = System.getLogger(Entrance.class.getName());

    private final OpenConnections open;
    private final long requestNanos;

    Entrance(OpenConnections open, Duration requestTimeout) {
        this.open = open;
        this.requestNanos = requestTimeout.toNanos();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        if (!(read instanceof Channel accepted)) {
            ctx.fireChannelRead(read);
            return;
        }
        RequestGuard guard = guard(accepted);
        if (guard == null) {
            reset(accepted);
            return;
        }
        accepted.pipeline().addLast(RequestGuard.NAME, guard);
        ctx.fireChannelRead(accepted);
    }

    AcceptQueue.Pace pace() {
        return open.pace();
    }

    /** The same for one that was accepted before this was in its place. On the connection's event loop. */
    void admitLate(Channel accepted) {
        if (!accepted.isActive() || accepted.pipeline().get(RequestGuard.class) != null) {
            return;
        }
        RequestGuard guard = guard(accepted);
        if (guard == null) {
            accepted.close();
        } else {
            accepted.pipeline().addFirst(RequestGuard.NAME, guard);
        }
    }

    private @Nullable RequestGuard guard(Channel accepted) {
        OpenConnections.Place place = open.enterOrSpare(accepted.remoteAddress());
        if (place == null) {
            return null;
        }
        accepted.closeFuture().addListener(closed -> place.leave());
        SocketBounds.set(accepted);
        return new RequestGuard(requestNanos, place);
    }

    /** Without a trace: neither an event loop nor the kernel has anything more to do with it. */
    private static void reset(Channel accepted) {
        try {
            accepted.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (RuntimeException gone) {
            LOG.log(System.Logger.Level.TRACE, "a refused connection is gone already", gone);
        }
        accepted.unsafe().closeForcibly();
    }
}

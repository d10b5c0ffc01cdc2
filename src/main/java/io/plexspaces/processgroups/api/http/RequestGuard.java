package io.plexspaces.processgroups.api.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.plexspaces.processgroups.api.OpenConnections;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches over the requests of one connection, from the accept until it is a WebSocket. A request comes whole within a
 * time that begins with the accept for the first one, and with its first byte for the others: who sends slowly gains
 * nothing by it. While one is answered, no further one is read. Without this, half requests would stay for ever, and
 * requests that nobody waits for would pile up. First in the pipeline; on the event loop, but for {@link #answered}.
 */
public final class RequestGuard extends ChannelInboundHandlerAdapter {
    static final String NAME = "request-guard";

    private final long timeoutNanos;
    private final OpenConnections.Place place;
    private final Deque<Object> held = new ArrayDeque<>(1);
    private @Nullable ChannelHandlerContext context;

    /** Closes the connection; null: no request is expected to come whole. */
    private @Nullable Future<?> deadline;

    /** Requests that are whole, and are being answered: those that came together with the first. */
    private int answering;

    RequestGuard(long timeoutNanos, OpenConnections.Place place) {
        this.timeoutNanos = timeoutNanos;
        this.place = place;
    }

    /** Of a connection of the HTTP port; null: it has none any more. */
    public static @Nullable RequestGuard of(@Nullable HttpConnection connection) {
        return connection instanceof ConnectionBase base
                ? base.channel().pipeline().get(RequestGuard.class)
                : null;
    }

    /** Whether its connection is here for one answer alone, as there are too many. */
    public boolean isForOneAnswer() {
        return place.isSpare();
    }

    /** The connection is none of requests and answers any more. What was held back goes on. */
    public void leave() {
        ChannelHandlerContext in = context;
        if (in != null && !in.isRemoved()) {
            RequestUrls.remove(in.pipeline());
            in.pipeline().remove(this);
        }
    }

    /**
     * The head of a request is there.
     *
     * @param whole nothing more of it is to come; else the time goes on until it is answered
     * @return false: its peer does not even take the answers it has, and is given up
     */
    boolean begun(boolean whole) {
        Channel channel = channel();
        if (!channel.isWritable()) {
            channel.close();
            return false;
        }
        if (whole) {
            answering++;
            stopWaiting();
        }
        return true;
    }

    /** The rest of a request has come that was not whole when it had begun: its answer may take its time. */
    void whole() {
        answering++;
        stopWaiting();
    }

    /** The rest of a request has come that has its answer already. */
    void dropped() {
        stopWaiting();
    }

    /**
     * The request that had begun has its answer. On any thread; what follows has a turn of its own, in which the answer
     * is on its way.
     *
     * @param whole it has come whole
     */
    void answered(boolean whole) {
        ChannelHandlerContext in = Objects.requireNonNull(context, "not in a pipeline");
        if (!in.isRemoved()) {
            in.executor().execute(() -> goOn(in, whole));
        }
    }

    private void goOn(ChannelHandlerContext in, boolean whole) {
        answering -= whole ? 1 : 0;
        stopWaiting();
        if (in.isRemoved()) {
            return;
        }
        if (place.isSpare()) {
            // Behind the answer, which may be longer than what the kernel takes at once; not for ever.
            expect(in);
            in.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (answering > 0 || held.isEmpty()) {
            return;
        }
        while (answering == 0 && !held.isEmpty()) {
            channelRead(in, held.remove());
        }
        in.fireChannelReadComplete();
        if (held.isEmpty()) {
            in.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        expect(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        RequestUrls.install(ctx.pipeline());
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        if (answering > 0) {
            held.add(read);
            ctx.channel().config().setAutoRead(false);
            return;
        }
        if (deadline == null) {
            expect(ctx);
        }
        // A handler for TLS may have come after the connection was accepted.
        RequestUrls.install(ctx.pipeline());
        ctx.fireChannelRead(read);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopWaiting();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopWaiting();
        boolean open = ctx.channel().isActive();
        while (!held.isEmpty()) {
            Object read = held.remove();
            if (open) {
                ctx.fireChannelRead(read);
            } else {
                ReferenceCountUtil.release(read);
            }
        }
    }

    private void expect(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule(() -> ctx.close(), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    private void stopWaiting() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private Channel channel() {
        return Objects.requireNonNull(context, "not in a pipeline").channel();
    }
}

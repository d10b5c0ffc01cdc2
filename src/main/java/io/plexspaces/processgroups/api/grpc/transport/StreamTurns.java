package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Has a peer begin only so many streams before the other connections of its event loop have their turn: a thousand of
 * them fit into what is read at once, and each costs far more than to read it. What comes after those waits, and
 * nothing more is read meanwhile. In the pipeline between {@link PeerHandler} and grpc-java. On the event loop alone.
 */
final class StreamTurns extends ChannelInboundHandlerAdapter {
    /** Streams a turn, and those whose beginnings lie in the same slice. */
    static final int STREAMS = 8;

    /** What is passed on at once, in bytes. */
    static final int SLICE = 4096;

    /** The same while the peer begins more streams than fit into a turn: about as many as a turn has. */
    static final int SMALL_SLICE = 256;

    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private int begun;
    private int slice = SLICE;
    private boolean resting;
    private boolean discarding;

    /** A stream begins. */
    void begins() {
        begun++;
    }

    /** Nothing more is passed on: the server has ended the connection, and only waits for the peer to learn of it. */
    void discard() {
        discarding = true;
        drop();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        if (discarding) {
            ReferenceCountUtil.release(read);
        } else if (read instanceof ByteBuf bytes) {
            waiting.add(bytes);
            pass(ctx);
        } else {
            ctx.fireChannelRead(read);
        }
    }

    private void pass(ChannelHandlerContext ctx) {
        while (!waiting.isEmpty() && begun < STREAMS) {
            ByteBuf first = waiting.element();
            ctx.fireChannelRead(first.readableBytes() > slice ? first.readRetainedSlice(slice) : waiting.remove());
        }
        slice = begun < STREAMS ? SLICE : SMALL_SLICE;
        if (!waiting.isEmpty()) {
            rest(ctx);
        }
    }

    /** Unlike a task, what is scheduled runs once the loop has looked at its other connections. */
    private void rest(ChannelHandlerContext ctx) {
        if (!resting) {
            ctx.channel().config().setAutoRead(false);
            ctx.executor().schedule(() -> nextTurn(ctx), 0, TimeUnit.NANOSECONDS);
            resting = true;
        }
    }

    private void nextTurn(ChannelHandlerContext ctx) {
        resting = false;
        begun = 0;
        try {
            pass(ctx);
            ctx.fireChannelReadComplete();
        } catch (RuntimeException | Error failure) {
            ctx.fireExceptionCaught(failure);
        } finally {
            if (!resting) {
                ctx.channel().config().setAutoRead(true);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!resting) {
            begun = 0;
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        drop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }

    private void drop() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }
}

package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.plexspaces.processgroups.core.delivery.ServerBudget;

/**
 * Counts what a peer has sent of a message that is not whole yet, in the server's budget. Before the decoder of frames,
 * which keeps the bytes of a frame until it is whole. On the event loop alone.
 */
final class UnreadBytes extends ChannelInboundHandlerAdapter {
    static final String NAME = "process-groups-unread";

    /** So many bytes more or fewer are told to the budget at once. */
    private static final int LOT = 64 * 1024;

    private final ServerBudget budget;
    private final Runnable onExcess;

    /** Bytes that came since the last frame, and those of earlier frames that are kept. */
    private long sinceFrame;

    private long kept;
    private long charged;
    private boolean ended;

    /** @param onExcess what to do when there is no room for a message that has begun */
    UnreadBytes(ServerBudget budget, Runnable onExcess) {
        this.budget = budget;
        this.onExcess = onExcess;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        sinceFrame += read instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
        ctx.fireChannelRead(read);
        settle();
    }

    /**
     * A frame is whole.
     *
     * @param bytes of frames that wait, and of a message that is not whole
     */
    void frame(int bytes) {
        sinceFrame = 0;
        keeps(bytes);
    }

    /** @param bytes as for {@link #frame} */
    void keeps(int bytes) {
        kept = bytes;
        settle();
    }

    private void settle() {
        long unread = sinceFrame + kept;
        long more = unread - charged;
        if (!ended && (more > LOT || more < -LOT || (unread == 0 && charged > 0))) {
            charge(more);
            if (more > 0 && unread > budget.share(charged)) {
                onExcess.run();
            }
        }
    }

    private void charge(long more) {
        charged += more;
        budget.add(more);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ctx.fireChannelInactive();
        end();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    private void end() {
        ended = true;
        charge(-charged);
    }
}

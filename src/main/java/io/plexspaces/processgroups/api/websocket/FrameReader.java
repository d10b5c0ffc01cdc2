package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.plexspaces.processgroups.api.FrameRate;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of one peer from its channel, in order, and hands over whole messages. In the pipeline before the
 * handler of the HTTP server, which sees requests, pongs and close frames alone. While the receiver is busy, or not
 * there yet, nothing more is read; what was read already waits. So does what is more than one turn's part. On the event
 * loop alone.
 */
final class FrameReader extends ChannelInboundHandlerAdapter {
    static final String NAME = "process-groups";

    /** About what it costs to keep a frame, beside its bytes. */
    private static final int FRAME_BYTES = 140;

    private static final int POLICY_VIOLATION = 1008;

    /** That carry nothing; one that is answered counts twice. */
    static final int FRAMES_EACH_SECOND = 50_000;

    private static final System.Logger LOG = System.getLogger(FrameReader.class.getName());

    private final Deque<WebSocketFrame> waiting = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable FrameReceiver receiver;
    private @Nullable PartialMessage partial;
    private @Nullable CorruptedWebSocketFrameException violation;
    private final UnreadBytes unread;
    private final FrameRate rate = new FrameRate(FRAMES_EACH_SECOND);
    private boolean tiny;
    private boolean discarding;
    private int waitingBytes;

    private final Turn turn;

    /** The next turn is to come. */
    private boolean resting;

    /** @param budget in which messages count that are not whole, or wait */
    FrameReader(ServerBudget budget) {
        this(budget, new Turn(System::nanoTime));
    }

    FrameReader(ServerBudget budget, Turn turn) {
        this.turn = turn;
        unread = new UnreadBytes(budget, this::overloaded);
    }

    /** To be put before the decoder of frames. */
    UnreadBytes unread() {
        return unread;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "not in a pipeline");
    }

    /** Hands over what has come and what comes. To be called once. */
    void start(FrameReceiver to) {
        receiver = to;
        resume();
    }

    /** Goes on after the receiver was busy. */
    void resume() {
        FrameReceiver to = receiver;
        if (to == null) {
            return;
        }
        while (!to.isBusy() && !waiting.isEmpty() && !turn.isOver()) {
            WebSocketFrame next = waiting.remove();
            waitingBytes -= next.content().readableBytes();
            dispatch(context(), to, next);
        }
        unread.keeps(kept());
        if (waiting.isEmpty() && violation != null) {
            to.violation(violation.closeStatus().code(), String.valueOf(violation.getMessage()));
            violation = null;
        }
        boolean read = waiting.isEmpty() && !to.isBusy();
        if (context().channel().config().isAutoRead() != read) {
            context().channel().config().setAutoRead(read);
        }
        if (!read) {
            resumeIfNoLongerBusy();
        }
    }

    /** Unlike a task, what is scheduled runs once the loop has looked at its other connections. */
    private void rest() {
        if (!resting) {
            context().executor().schedule(this::nextTurn, 0, TimeUnit.NANOSECONDS);
            resting = true;
        }
    }

    private void nextTurn() {
        resting = false;
        turn.end();
        resumeOrEnd();
    }

    /** The receiver may have become free on another thread before it could see that nothing is read any more. */
    private void resumeIfNoLongerBusy() {
        if (receiver != null && !receiver.isBusy()) {
            if (turn.isOver()) {
                rest();
            } else {
                context().executor().execute(this::resumeOrEnd);
            }
        }
    }

    private void resumeOrEnd() {
        try {
            resume();
        } catch (RuntimeException | Error failure) {
            exceptionCaught(context(), failure);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        if (!(read instanceof WebSocketFrame frame)) {
            ctx.fireChannelRead(read);
            return;
        }
        if (discarding) {
            frame.release();
            return;
        }
        if (carriesNothing(frame) && rate.isOver()) {
            frame.release();
            giveUp(to -> to.violation(POLICY_VIOLATION, "too many frames that carry nothing"));
            return;
        }
        FrameReceiver to = receiver;
        if (to == null || to.isBusy() || !waiting.isEmpty() || turn.isOver()) {
            waiting.add(frame);
            waitingBytes += frame.content().readableBytes();
            unread.frame(kept());
            ctx.channel().config().setAutoRead(false);
            resumeIfNoLongerBusy();
            return;
        }
        dispatch(ctx, to, frame);
        unread.frame(kept());
    }

    /** Counts it, if it does: a message may be in parts, but not byte by byte. */
    private boolean carriesNothing(WebSocketFrame frame) {
        boolean another = tiny;
        tiny = !frame.isFinalFragment() && frame.content().readableBytes() < FrameRate.TINY_BYTES;
        boolean asks = frame instanceof PingWebSocketFrame;
        if (asks || frame instanceof PongWebSocketFrame || (tiny && another)) {
            rate.take(asks ? 2 : 1, System.nanoTime());
            return true;
        }
        return false;
    }

    /** Bytes of frames that wait, and of a message that is not whole. */
    private int kept() {
        return waitingBytes + waiting.size() * FRAME_BYTES + (partial == null ? 0 : partial.held());
    }

    private void overloaded() {
        giveUp(FrameReceiver::overloaded);
    }

    /** What is kept goes at once: until its peer answers the close, the connection may live for a while. */
    private void giveUp(Consumer<FrameReceiver> why) {
        dropAll();
        unread.keeps(0);
        if (receiver == null) {
            context().close();
        } else {
            discard();
            why.accept(receiver);
        }
    }

    /** What follows is read, so that the peer gets to see why the connection ends, and dropped. */
    private void discard() {
        if (!discarding) {
            discarding = true;
            context().pipeline().addFirst(new Discarding());
        }
    }

    private void dropAll() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        waitingBytes = 0;
        partial = null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (receiver != null) {
            receiver.alive();
        }
        if (!resting) {
            turn.end();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (receiver != null && ctx.channel().isWritable()) {
            receiver.alive();
            receiver.writable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (receiver != null) {
            receiver.ended();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        dropAll();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (failure instanceof CorruptedWebSocketFrameException broken) {
            // What follows is no frame. It is still read, and dropped, for a close that the peer gets to see.
            discard();
            violation = broken;
            resume();
            return;
        }
        if (receiver == null) {
            // Others report this failure; but a frame may be lost, and its client must not wait for an answer.
            ctx.fireExceptionCaught(failure);
            ctx.close();
            return;
        }
        receiver.ended();
        if (!(failure instanceof IOException)) {
            LOG.log(System.Logger.Level.ERROR, "a WebSocket failed", failure);
        }
        ctx.close();
    }

    /** Reads on without keeping anything. */
    private static final class Discarding extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object read) {
            ReferenceCountUtil.release(read);
        }
    }

    private void dispatch(ChannelHandlerContext ctx, FrameReceiver to, WebSocketFrame frame) {
        if (frame instanceof PongWebSocketFrame) {
            ctx.fireChannelRead(frame);
            return;
        }
        if (frame instanceof CloseWebSocketFrame) {
            to.closing();
            ctx.fireChannelRead(frame);
            return;
        }
        try {
            if (frame instanceof PingWebSocketFrame) {
                to.ping(frame.content());
            } else {
                data(to, frame);
            }
        } finally {
            frame.release();
        }
    }

    private void data(FrameReceiver to, WebSocketFrame frame) {
        boolean text = frame instanceof TextWebSocketFrame;
        if (!(frame instanceof ContinuationWebSocketFrame) && text != to.acceptsText()) {
            to.unacceptable(text);
            return;
        }
        int before = partial == null ? 0 : partial.size();
        if ((long) before + frame.content().readableBytes() > to.maxMessageBytes()) {
            partial = null;
            to.tooLarge();
            return;
        }
        if (frame.isFinalFragment() && partial == null) {
            to.message(ByteBufUtil.getBytes(frame.content()));
            return;
        }
        if (partial == null) {
            partial = new PartialMessage();
        }
        partial.add(frame.content());
        if (frame.isFinalFragment()) {
            byte[] whole = partial.joined();
            partial = null;
            to.message(whole);
        }
    }
}

package io.plexspaces.processgroups.api.grpc.transport;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.plexspaces.processgroups.api.FrameRate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks after one TCP connection, on its event loop, where grpc-java sets no bound. In the pipeline behind TLS, where
 * bytes are plain, and before grpc-java:
 *
 * <ul>
 *   <li>one may begin only so many streams before the others have their turn ({@link StreamTurns});
 *   <li>a stream whose requests come in part, or in frames without content, beyond the connection's bound is reset;
 *   <li>a peer that sends too many frames that carry nothing is disconnected;
 *   <li>one that takes nothing of its answers, or of what was sent before its streams were ended, for a while, too;
 *   <li>one that takes nothing of its events, while others need the room of those.
 * </ul>
 *
 * <p>A stream that is reset here looks to grpc-java as if the peer had reset it: then it gives up all that waits for
 * the stream. By itself it has the end of a stream wait behind its data for as long as the peer does not take that.
 */
final class PeerHandler extends ChannelDuplexHandler {
    /** Looks in the time that a peer may take nothing. */
    private static final int LOOKS = 6;

    /** Fewer bytes at once may be a ping, an acknowledgement, or headers: a peer may get those and take no answer. */
    private static final int LEAST_DATA = 256;

    /** How long a peer may take nothing of much while others need its room. */
    private static final Duration CROWDED = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(PeerHandler.class.getName());

    private final GrpcHttp2ConnectionHandler grpc;
    private final Http2FrameListener toGrpc;
    private final Reading reading;
    private final FrameRate rate = new FrameRate();
    private final SentFrames frames = new SentFrames();
    private final Bounds bounds;
    private final PeerCalls calls;
    private final PendingCalls unary;
    private final Outbound outbound;
    private final StreamTurns turns = new StreamTurns();

    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> looking;
    private boolean resetting;
    private boolean ending;

    /** Bytes given to the socket's queue; those of them that were part of an answer or of an event. */
    private long written;

    private long writtenData;
    private final Stall socket = new Stall(System.nanoTime());
    private final Stall answers = new Stall(System.nanoTime());
    private final Stall room = new Stall(System.nanoTime());

    /** The peer left the end of a stream waiting. */
    private boolean deaf;

    /** Frames that begin a stream, as grpc-java reads them. */
    interface Beginning {
        void read() throws Http2Exception;
    }

    PeerHandler(GrpcHttp2ConnectionHandler grpc, Bounds bounds, Reading reading) {
        this.reading = reading;
        this.grpc = grpc;
        this.bounds = bounds;
        this.calls = new PeerCalls(bounds);
        this.unary = new PendingCalls(bounds);
        this.outbound =
                new Outbound(bounds.outboundBytes(), bounds.partialBytes(), bounds.budget(), unary::untakenBytes);
        this.toGrpc = grpc.decoder().frameListener();
        grpc.decoder().frameListener(new PeerFrames(toGrpc, this));
        grpc.connection().addListener(new Failures());
        // netty enforces it only once the client has said that it knows of it.
        grpc.connection().remote().maxActiveStreams(bounds.streams());
    }

    /** The call whose headers are being read. */
    PeerCall beginning() {
        PeerCall call = new PeerCall(this, grpc.connection().remote().lastStreamCreated());
        calls.add(call);
        return call;
    }

    PeerCalls calls() {
        return calls;
    }

    PendingCalls unary() {
        return unary;
    }

    Outbound outbound() {
        return outbound;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        added.pipeline().addAfter(added.name(), null, turns);
        added.pipeline().addLast(outbound);
        long each = bounds.patience().toMillis() / LOOKS;
        looking = added.executor().scheduleWithFixedDelay(() -> guarded(this::look), each, each, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ended) {
        unary.close();
        outbound.close();
        ended.fireChannelInactive();
        calls.clear();
        if (looking != null) {
            looking.cancel(false);
        }
    }

    /** Does something on the connection's event loop: at once when called there. */
    void onLoop(Runnable step) {
        ChannelHandlerContext on = context;
        if (on == null || on.executor().inEventLoop()) {
            guarded(step);
        } else {
            on.executor().execute(() -> guarded(step));
        }
    }

    /** A stream may begin. */
    void begins(Beginning headers) throws Http2Exception {
        turns.begins();
        reading.begin(this);
        try {
            headers.read();
        } finally {
            reading.end();
        }
    }

    /** A frame has come that carries nothing, and is answered by one. */
    void asks() {
        count(1 + FrameRate.FOR_EACH_SENT);
    }

    /** A frame has come that carries nothing. */
    void empty() {
        count(1);
    }

    private void count(int frames) {
        rate.take(frames, System.nanoTime());
        if (rate.isOver()) {
            close("it sends too many frames that carry nothing");
        }
    }

    /** Data has come, and grpc-java has it. */
    void hasRead() {
        ChannelHandlerContext on = context;
        if (!resetting && on != null && calls.excess() != null) {
            resetting = true;
            // Not while the frame is still being read.
            on.executor().execute(() -> guarded(this::resetLargest));
        }
    }

    /** As many as it takes: much may have come since. */
    private void resetLargest() {
        resetting = false;
        PeerCall largest = calls.excess();
        while (largest != null) {
            reset(largest);
            // One that could not be reset ends with the connection.
            largest = largest.hasEnded() ? calls.excess() : null;
        }
    }

    /** The end of a stream is queued: later, it does not wait for the peer any more. */
    void ending(PeerCall call) {
        ChannelHandlerContext on = context;
        if (on != null) {
            on.executor()
                    .schedule(
                            () -> guarded(() -> resetDeaf(call)),
                            bounds.lastData().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void resetDeaf(PeerCall call) {
        if (!call.hasEnded()) {
            deaf = true;
            reset(call);
        }
    }

    private void reset(PeerCall call) {
        ChannelHandlerContext on = context;
        ChannelHandlerContext to = on == null ? null : on.pipeline().context(grpc);
        if (to == null || call.hasEnded()) {
            return;
        }
        long code = Http2Error.ENHANCE_YOUR_CALM.code();
        try {
            toGrpc.onRstStreamRead(to, call.streamId(), code);
            grpc.resetStream(to, call.streamId(), code, to.newPromise());
            to.flush();
        } catch (Http2Exception impossible) {
            to.close();
        }
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise done) {
        if (message instanceof ByteBuf bytes) {
            written += bytes.readableBytes();
            writtenData += bytes.readableBytes() >= LEAST_DATA ? bytes.readableBytes() : 0;
            if (frames.resets(bytes) > 0) {
                // A stream that was refused earns its peer nothing, and costs more than an empty frame.
                asks();
            } else {
                rate.sent();
            }
        }
        to.write(message, done);
    }

    /** grpc-java ends the connection because of an error, but would read on for as long as streams are open. */
    private final class Failures extends Http2ConnectionAdapter {
        @Override
        public void onGoAwaySent(int lastStreamId, long errorCode, ByteBuf debugData) {
            ChannelHandlerContext on = context;
            if (on != null && errorCode != Http2Error.NO_ERROR.code()) {
                turns.discard();
                on.executor()
                        .schedule(
                                () -> close("it has broken the protocol"),
                                bounds.lastData().toMillis(),
                                TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Looks whether the peer takes what it has asked for. */
    private void look() {
        ChannelHandlerContext on = context;
        if (on == null || !on.channel().isActive()) {
            return;
        }
        ChannelOutboundBuffer queue = on.channel().unsafe().outboundBuffer();
        long waiting = queue == null ? 0 : queue.totalPendingWriteBytes();
        long now = System.nanoTime();
        long patience = bounds.patience().toNanos();
        boolean isDeaf = socket.nanos(waiting > 0, written - waiting, now) >= patience && deaf;
        boolean leavesAnswers = answers.nanos(unary.untaken() > 0, writtenData + unary.taken(), now) >= patience;
        boolean takesRoom = room.nanos(!outbound.fitsItsShare(), outbound.taken(), now) >= CROWDED.toNanos();
        if (isDeaf || leavesAnswers || takesRoom) {
            close("it takes nothing of what it was sent");
        }
    }

    private void close(String why) {
        ChannelHandlerContext on = context;
        if (on != null && on.channel().isActive() && !ending) {
            ending = true;
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "closing the connection of {0}: {1}",
                    on.channel().remoteAddress(),
                    why);
            turns.discard();
            // None that waits begins when others end.
            unary.close();
            nextEnds(on);
        }
    }

    /** Never while a frame is being read. */
    private void nextEnds(ChannelHandlerContext on) {
        on.executor()
                .schedule(
                        () -> {
                            try {
                                endSome(on);
                            } catch (RuntimeException | Error failure) {
                                LOG.log(System.Logger.Level.ERROR, "streams could not be reset", failure);
                                on.close();
                            }
                        },
                        0,
                        TimeUnit.NANOSECONDS);
    }

    /** The end of a stream costs about as much as its beginning, and there may be a thousand. */
    private void endSome(ChannelHandlerContext on) {
        List<PeerCall> some = calls.some(StreamTurns.STREAMS);
        some.forEach(this::reset);
        if (some.isEmpty() || !some.stream().allMatch(PeerCall::hasEnded)) {
            on.close();
        } else {
            nextEnds(on);
        }
    }

    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "a connection could not be looked after", failure);
        }
    }
}

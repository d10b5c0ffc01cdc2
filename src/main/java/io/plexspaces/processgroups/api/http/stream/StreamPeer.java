package io.plexspaces.processgroups.api.http.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.http.Unsent;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * The peer of one stream, from its request to its end: it is sent something now and then, and found when it takes
 * nothing any more. In the pipeline of its connection; on the event loop alone.
 */
final class StreamPeer extends ChannelInboundHandlerAdapter {
    static final String NAME = "process-groups-stream";
    private static final System.Logger LOG = System.getLogger(StreamPeer.class.getName());

    private final Channel channel;
    private final StreamSink sink;
    private final Connection connection;
    private final Consumer<StreamPeer> onEnd;
    private Unsent unsentBefore = Unsent.NOTHING;
    private boolean ended;
    private boolean readySoon;
    private long takenBefore;
    private long movedAt;
    private long sentAt;
    private long closedAt;

    /** When to do what, in nanoseconds. */
    record Times(long beatNanos, long silenceNanos, long closeNanos) {}

    /** @param onEnd called once when the stream has ended */
    StreamPeer(Channel channel, StreamSink sink, Connection connection, Consumer<StreamPeer> onEnd) {
        this.channel = channel;
        this.sink = sink;
        this.connection = connection;
        this.onEnd = onEnd;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && !readySoon) {
            readySoon = true;
            // In a turn of its own, as the channel may be flushing now.
            ctx.executor().execute(() -> {
                readySoon = false;
                connection.ready();
            });
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        end();
        if (!(failure instanceof IOException)) {
            LOG.log(System.Logger.Level.ERROR, "a stream of events failed", failure);
        }
        ctx.close();
    }

    private void end() {
        if (!ended) {
            ended = true;
            connection.lost();
            onEnd.accept(this);
        }
    }

    /** Ends the stream for a reason that the core does not know. */
    void refuse(Refusal why) {
        sink.close(why);
        connection.lost();
    }

    /** It can no longer be checked. */
    void fail(Throwable failure) {
        connection.cut(Errors.expected(failure));
    }

    /** @param now monotonic nanoseconds */
    void check(long now, Times times) {
        if (!channel.isActive()) {
            // The listeners could not be notified when it ended.
            end();
            return;
        }
        if (sink.isClosed()) {
            finish(now, times);
            return;
        }
        movedAt = movedAt == 0 || moves() ? now : movedAt;
        if (now - movedAt >= times.silenceNanos()) {
            connection.cut(GroupException.of(ErrorCode.PEER_TIMEOUT, "no sign of life"));
        } else if (sink.hasWritten() || sentAt == 0) {
            sentAt = now;
        } else if (now - sentAt >= times.beatNanos()) {
            sentAt = now;
            sink.beat();
        }
    }

    /** The stream is over. A connection that was answered with a failure instead goes on, without this. */
    void over() {
        if (!sink.isOpened()) {
            end();
            if (channel.pipeline().context(this) != null) {
                channel.pipeline().remove(this);
            }
        }
    }

    /** It ends, also without its peer. */
    private void finish(long now, Times times) {
        closedAt = closedAt == 0 ? now : closedAt;
        if (now - closedAt >= times.closeNanos()) {
            channel.close();
        }
    }

    /** Whether nothing waits for it, or it has taken something since the last look. */
    private boolean moves() {
        long taken = connection.taken();
        Unsent unsent = Unsent.of(channel);
        boolean moves = unsent.bytes() == 0 || taken != takenBefore || unsent.goesOnFrom(unsentBefore);
        takenBefore = taken;
        unsentBefore = unsent;
        return moves;
    }
}

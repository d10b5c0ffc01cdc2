package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.api.http.Unsent;
import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.plexspaces.processgroups.api.websocket.format.UnreadableRequest;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.smallrye.mutiny.Uni;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connected peer, from its upgrade to its end: its requests go to the session protocol, and its heartbeat is
 * checked. On the event loop alone.
 */
final class Peer implements FrameReceiver {
    private static final int UNSUPPORTED_DATA = 1003;
    private static final int INVALID_PAYLOAD = 1007;
    private static final int MESSAGE_TOO_BIG = 1009;

    /** A ping without content: final, opcode 9, length 0. */
    private static final byte[] PING = {(byte) 0x89, 0};

    private final FrameReader reader;
    private final FrameFormat format;
    private final int maxMessageBytes;
    private final WebSocketSink sink;
    private final Connection connection;
    private final SessionProtocol protocol;
    private final Traces.@Nullable Caller caller;
    private final Consumer<Peer> onEnd;

    private boolean ended;
    private boolean heard = true;
    private boolean readySoon;
    private long openedAt;
    private long heardAt;
    private long pingedAt;
    private long closedAt;
    private long takenBefore;
    private Unsent unsentBefore = Unsent.NOTHING;

    /**
     * What a peer is made of.
     *
     * @param caller the caller whose trace its requests are part of; null: none
     */
    record Parts(
            FrameReader reader,
            FrameFormat format,
            int maxMessageBytes,
            WebSocketSink sink,
            Connection connection,
            Traces.@Nullable Caller caller) {}

    /** @param onEnd called once when the channel has ended */
    Peer(Parts parts, SessionProtocol.Service service, Consumer<Peer> onEnd) {
        this.reader = parts.reader();
        this.format = parts.format();
        this.maxMessageBytes = parts.maxMessageBytes();
        this.sink = parts.sink();
        this.connection = parts.connection();
        this.protocol = new SessionProtocol(service, connection, format, this::readMore);
        this.caller = parts.caller();
        this.onEnd = onEnd;
        protocol.from(caller);
    }

    /** Ends the connection without a close frame, as the client would not read one. */
    void abandon() {
        reader.context().close();
    }

    /** A request of this peer, as part of its trace. */
    <T> Uni<T> asking(Supplier<Uni<T>> request) {
        return caller == null ? request.get() : caller.asking(request);
    }

    Connection connection() {
        return connection;
    }

    SessionProtocol protocol() {
        return protocol;
    }

    @Override
    public boolean isBusy() {
        return protocol.isBusy() && !sink.isClosed();
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public boolean acceptsText() {
        return format.isText();
    }

    @Override
    public void message(byte[] content) {
        if (sink.isClosed()) {
            return;
        }
        if (format.isText() && !JsonText.isUtf8(content)) {
            refuse(INVALID_PAYLOAD, "text must be UTF-8");
            return;
        }
        try {
            protocol.handle(format.read(content), content.length);
        } catch (UnreadableRequest unreadable) {
            protocol.unreadable(unreadable.requestId(), unreadable.reason());
        }
    }

    @Override
    public void unacceptable(boolean text) {
        refuse(
                UNSUPPORTED_DATA,
                text ? format.subprotocol() + " has binary frames" : format.subprotocol() + " has text frames");
    }

    @Override
    public void tooLarge() {
        refuse(MESSAGE_TOO_BIG, "at most " + maxMessageBytes + " bytes in a message");
    }

    @Override
    public void overloaded() {
        connection.cut(GroupException.of(ErrorCode.OVERLOADED, "the server holds too much for its clients"));
    }

    @Override
    public void violation(int closeCode, String reason) {
        refuse(closeCode, CloseReasons.fit(reason));
    }

    /** A peer that does not take its pongs gets no more of them: they would pile up without bound. */
    @Override
    public void ping(ByteBuf content) {
        ChannelHandlerContext context = reader.context();
        if (context.channel().isWritable() && !sink.isClosed()) {
            context.writeAndFlush(new PongWebSocketFrame(content.retain()), context.voidPromise());
        }
    }

    @Override
    public void closing() {
        sink.peerCloses();
        connection.lost();
    }

    @Override
    public void alive() {
        heard = true;
    }

    /** Runs in a turn of its own, as the channel may be flushing now. */
    @Override
    public void writable() {
        if (!readySoon) {
            reader.context().channel().eventLoop().execute(() -> {
                readySoon = false;
                try {
                    connection.ready();
                } catch (RuntimeException | Error failure) {
                    fail(failure);
                }
            });
            readySoon = true;
        }
    }

    @Override
    public void ended() {
        if (!ended) {
            sink.peerCloses();
            connection.lost();
            onEnd.accept(this);
            ended = true;
        }
    }

    /** Ends the connection for a reason that the core does not know. */
    private void refuse(int code, String reason) {
        sink.close(code, reason);
        connection.lost();
    }

    /** On any thread. */
    private void readMore() {
        Channel channel = reader.context().channel();
        if (!channel.config().isAutoRead()) {
            channel.eventLoop().execute(() -> {
                try {
                    reader.resume();
                } catch (RuntimeException | Error failure) {
                    fail(failure);
                }
            });
        }
    }

    /**
     * Its requests or its heartbeat can no longer be handled: the connection is cut, so that the client does not wait.
     */
    void fail(Throwable failure) {
        connection.cut(Errors.expected(failure));
    }

    /**
     * Checks whether the peer is still there.
     *
     * @param now monotonic nanoseconds
     */
    void check(long now, HeartbeatTimes times) {
        ChannelHandlerContext context = reader.context();
        if (!context.channel().isActive()) {
            // The listeners could not be notified when it ended.
            ended();
            return;
        }
        if (sink.isClosed()) {
            closedAt = closedAt == 0 ? now : closedAt;
            reader.resume();
            if (now - closedAt >= times.closeNanos()) {
                context.close();
            }
            return;
        }
        openedAt = openedAt == 0 ? now : openedAt;
        if (now - openedAt >= times.openNanos() && !protocol.isOpenOrOpening()) {
            connection.cut(GroupException.of(ErrorCode.PEER_TIMEOUT, "no session was opened in time"));
            return;
        }
        boolean paused = !context.channel().config().isAutoRead();
        if (paused) {
            // It goes on by itself once the receiver is free; here, if that failed.
            reader.resume();
            if (sink.isClosed()) {
                return;
            }
        }
        if (heard || takes() || (paused && !connection.isCrowded())) {
            heard = false;
            heardAt = now;
        } else if (now - heardAt >= times.silenceNanos()) {
            connection.cut(GroupException.of(ErrorCode.PEER_TIMEOUT, "no sign of life"));
            return;
        }
        ping(context, now, times);
    }

    /** Whether it has taken something since the last look, be it a part of a message. */
    private boolean takes() {
        long taken = connection.taken();
        Unsent unsent = Unsent.of(reader.context().channel());
        boolean more = taken != takenBefore || unsent.goesOnFrom(unsentBefore);
        takenBefore = taken;
        unsentBefore = unsent;
        return more;
    }

    private void ping(ChannelHandlerContext context, long now, HeartbeatTimes times) {
        if (pingedAt == 0) {
            // Peers that came all at once are pinged one after the other.
            pingedAt = now - Math.floorMod(context.channel().hashCode() * 31L * 1_000_003L, times.pingNanos());
        }
        if (now - pingedAt >= times.pingNanos() && context.channel().isWritable()) {
            pingedAt = now;
            context.writeAndFlush(Unpooled.wrappedBuffer(PING), context.voidPromise());
        }
    }

    /** When to do what, in nanoseconds. */
    record HeartbeatTimes(long pingNanos, long silenceNanos, long closeNanos, long openNanos) {}
}

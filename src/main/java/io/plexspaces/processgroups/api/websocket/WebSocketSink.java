package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.domain.GroupException;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes ready frames straight to the channel, past the layers that would encode and copy each of them again. On the
 * event loop alone.
 */
final class WebSocketSink implements Sink<ByteBuf> {
    static final int NORMAL_CLOSURE = 1000;

    private final ChannelHandlerContext out;
    private final FrameFormat format;
    private final Closing closing;
    private boolean closed;

    /** Sends a close frame after everything written before, and ends the connection. */
    interface Closing {
        /** @param reason at most 123 bytes of UTF-8 */
        void close(int code, String reason);
    }

    WebSocketSink(ChannelHandlerContext out, FrameFormat format, Closing closing) {
        this.out = out;
        this.format = format;
        this.closing = closing;
    }

    @Override
    public WireFormat<ByteBuf> format() {
        return format;
    }

    @Override
    public String kind() {
        return "websocket";
    }

    @Override
    public Executor loop() {
        return out.channel().eventLoop();
    }

    @Override
    public @Nullable SocketAddress address() {
        return out.channel().remoteAddress();
    }

    @Override
    public int heldBytes() {
        return out.channel().config().getWriteBufferHighWaterMark();
    }

    @Override
    public boolean ready() {
        return out.channel().isWritable();
    }

    @Override
    public void write(ByteBuf joined, boolean shared) {
        if (!closed) {
            out.write(shared ? joined.retainedDuplicate() : joined.retain(), out.voidPromise());
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close(@Nullable GroupException cause) {
        if (cause == null) {
            close(NORMAL_CLOSURE, "");
        } else {
            close(Errors.closeCode(cause.code()), CloseReasons.of(cause));
        }
    }

    /** Idempotent: the first code is the one that is sent. */
    void close(int code, String reason) {
        if (!closed) {
            closed = true;
            try {
                closing.close(code, reason);
            } catch (RuntimeException | Error failure) {
                // Without a close frame, but not left open: nothing will be sent on it any more.
                out.close();
                throw failure;
            }
        }
    }

    /** No data frame may follow a close frame, whichever side sent it. */
    void peerCloses() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}

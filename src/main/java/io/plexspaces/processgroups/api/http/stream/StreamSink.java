package io.plexspaces.processgroups.api.http.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.domain.GroupException;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes ready events straight to the channel of a request, past the layers that would encode and copy each of them
 * again. The head of the answer goes before the first of them: a stream that cannot begin is refused like any other
 * request. The end of the answer is the end of the connection. On the event loop alone.
 */
final class StreamSink implements Sink<ByteBuf> {
    private final Beginning answer;
    private final StreamFormat format;
    private final ChannelHandlerContext out;
    private boolean opened;
    private boolean closed;
    private boolean wrote;

    /** The answer, before it is a stream. */
    interface Beginning {
        /**
         * From now on it is a stream.
         *
         * @return headers that it has beside those of each stream
         */
        Iterable<Map.Entry<String, String>> stream();

        /** It is a failure instead. */
        void refuse(Refusal why);
    }

    /** @param out where bytes go that are ready as they are */
    StreamSink(Beginning answer, StreamFormat format, ChannelHandlerContext out) {
        this.answer = answer;
        this.format = format;
        this.out = out;
    }

    @Override
    public WireFormat<ByteBuf> format() {
        return format;
    }

    @Override
    public String kind() {
        return "http";
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
            begin();
            wrote = true;
            out.write(shared ? joined.retainedDuplicate() : joined.retain(), out.voidPromise());
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    /** The stream has begun: its client gets to know it, also when there is nothing to send. */
    void open() {
        if (!opened && !closed) {
            begin();
            out.flush();
        }
    }

    /** Something for those between. */
    void beat() {
        if (opened && !closed && ready()) {
            out.writeAndFlush(Unpooled.wrappedBuffer(format.beat()), out.voidPromise());
        }
    }

    /** Whether something was sent since this was asked last. */
    boolean hasWritten() {
        boolean before = wrote;
        wrote = false;
        return before;
    }

    private void begin() {
        if (!opened) {
            opened = true;
            ChannelPipeline pipeline = out.pipeline();
            if (pipeline.get(IdleStateHandler.class) != null) {
                pipeline.remove(IdleStateHandler.class);
            }
            out.write(Unpooled.copiedBuffer(head(), US_ASCII), out.voidPromise());
        }
    }

    private String head() {
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\ncontent-type: ")
                .append(format.mediaType())
                .append("\r\ncache-control: no-store\r\nx-accel-buffering: no\r\nconnection: close\r\n");
        for (Map.Entry<String, String> header : answer.stream()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    @Override
    public void close(@Nullable GroupException cause) {
        close(cause == null ? null : Refusal.of(cause));
    }

    /** Idempotent: the first cause is the one that is sent. */
    void close(@Nullable Refusal why) {
        if (closed) {
            return;
        }
        if (!opened && why != null) {
            closed = true;
            answer.refuse(why);
            return;
        }
        begin();
        closed = true;
        out.writeAndFlush(Unpooled.wrappedBuffer(format.end(why))).addListener(ChannelFutureListener.CLOSE);
    }

    boolean isClosed() {
        return closed;
    }

    boolean isOpened() {
        return opened;
    }
}

package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.plexspaces.processgroups.api.FrameRate;

/**
 * Shows each frame that a peer sends to its {@link PeerHandler}, beside grpc-java, and gives grpc-java its data in
 * arrays of their own: what it keeps would otherwise keep the whole buffer it was read into, with the frames of other
 * streams, outside of the heap. On the peer's event loop.
 */
final class PeerFrames extends Http2FrameListenerDecorator {
    private final PeerHandler peer;
    private boolean tiny;

    PeerFrames(Http2FrameListener grpc, PeerHandler peer) {
        super(grpc);
        this.peer = peer;
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        int bytes = data.readableBytes();
        // One may be the header of a message that follows.
        boolean another = tiny;
        tiny = bytes < FrameRate.TINY_BYTES && !endOfStream;
        if (tiny && (another || bytes == 0)) {
            peer.empty();
        }
        // First, as grpc-java puts them into requests at once.
        peer.calls().data(streamId, bytes);
        ByteBuf own = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(data));
        try {
            return super.onDataRead(ctx, streamId, own, padding, endOfStream);
        } finally {
            own.release();
            peer.hasRead();
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endStream)
            throws Http2Exception {
        peer.begins(() -> super.onHeadersRead(ctx, streamId, headers, padding, endStream));
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endStream)
            throws Http2Exception {
        peer.begins(
                () -> super.onHeadersRead(ctx, streamId, headers, dependency, weight, exclusive, padding, endStream));
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int streamId, int dependency, short weight, boolean exclusive)
            throws Http2Exception {
        peer.empty();
        super.onPriorityRead(ctx, streamId, dependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
        peer.empty();
        super.onRstStreamRead(ctx, streamId, errorCode);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
        peer.empty();
        super.onSettingsAckRead(ctx);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
        peer.asks();
        super.onSettingsRead(ctx, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        peer.asks();
        super.onPingRead(ctx, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
        peer.empty();
        super.onPingAckRead(ctx, data);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int windowSizeIncrement)
            throws Http2Exception {
        peer.empty();
        super.onWindowUpdateRead(ctx, streamId, windowSizeIncrement);
    }

    @Override
    public void onUnknownFrame(
            ChannelHandlerContext ctx, byte frameType, int streamId, Http2Flags flags, ByteBuf payload)
            throws Http2Exception {
        peer.empty();
        super.onUnknownFrame(ctx, frameType, streamId, flags, payload);
    }
}

package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.plexspaces.processgroups.api.websocket.format.FrameHeader;
import java.util.ArrayList;
import java.util.List;

/** Reads frames of a server with a decoder that is not ours. */
public final class SentFrames {
    /** One frame. */
    public record Sent(int opcode, byte[] payload) {}

    private SentFrames() {}

    public static List<Sent> decode(byte[] bytes) {
        return decode(Unpooled.wrappedBuffer(bytes));
    }

    /** @param bytes is released */
    public static List<Sent> decode(ByteBuf bytes) {
        EmbeddedChannel peer = new EmbeddedChannel(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(false)
                .maxFramePayloadLength(Integer.MAX_VALUE)
                .build()));
        peer.writeInbound(bytes);
        List<Sent> frames = new ArrayList<>();
        for (WebSocketFrame frame = peer.readInbound(); frame != null; frame = peer.readInbound()) {
            if (!frame.isFinalFragment()) {
                throw new AssertionError("a message is one frame");
            }
            frames.add(new Sent(opcode(frame), ByteBufUtil.getBytes(frame.content())));
            frame.release();
        }
        if (peer.finish()) {
            throw new AssertionError("bytes are left");
        }
        return frames;
    }

    private static int opcode(WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame) {
            return FrameHeader.TEXT;
        }
        return frame instanceof BinaryWebSocketFrame ? FrameHeader.BINARY : -1;
    }
}

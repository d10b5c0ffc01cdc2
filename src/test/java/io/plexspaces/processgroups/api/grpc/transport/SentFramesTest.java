package io.plexspaces.processgroups.api.grpc.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.junit.jupiter.api.Test;

class SentFramesTest {
    private final SentFrames frames = new SentFrames();

    private static ByteBuf header(int length, byte type) {
        return Unpooled.buffer()
                .writeMedium(length)
                .writeByte(type)
                .writeByte(0)
                .writeInt(1);
    }

    private static ByteBuf reset() {
        return header(4, Http2FrameTypes.RST_STREAM).writeInt(7);
    }

    @Test
    void resets_areCounted() {
        assertThat(frames.resets(header(0, Http2FrameTypes.SETTINGS))).isZero();
        assertThat(frames.resets(reset())).isEqualTo(1);
        assertThat(frames.resets(Unpooled.wrappedBuffer(reset(), reset()))).isEqualTo(2);
    }

    /** Whoever publishes a message chooses what its receivers are sent. */
    @Test
    void contentThatLooksLikeAFrame_isNone() {
        ByteBuf content = Unpooled.wrappedBuffer(reset(), reset());
        assertThat(frames.resets(header(3 * content.readableBytes(), Http2FrameTypes.DATA)))
                .isZero();
        assertThat(frames.resets(content.duplicate())).isZero();
        assertThat(frames.resets(content.duplicate())).isZero();
        assertThat(frames.resets(Unpooled.wrappedBuffer(content.duplicate(), reset())))
                .isEqualTo(1);
        assertThat(frames.resets(reset())).isEqualTo(1);
    }

    @Test
    void afterHalfAHeader_nothingIsSaid() {
        assertThat(frames.resets(Unpooled.buffer().writeZero(8))).isZero();
        assertThat(frames.resets(reset())).isZero();
    }
}

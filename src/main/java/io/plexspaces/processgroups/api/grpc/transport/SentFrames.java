package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;

/** What kind of frame of HTTP/2 is sent to a peer (RFC 9113, 4.1). */
final class SentFrames {
    private static final int RESET_BYTES = 13;
    private static final int TYPE_AT = 3;
    private static final int AWAY_BYTES = 17;
    private static final int AWAY_CODE_AT = 13;

    private SentFrames() {}

    static boolean isReset(ByteBuf frame) {
        return frame.readableBytes() == RESET_BYTES
                && frame.getByte(frame.readerIndex() + TYPE_AT) == Http2FrameTypes.RST_STREAM;
    }

    /** Whether it tells the peer that the connection ends because of an error. */
    static boolean isFailure(ByteBuf frame) {
        return frame.readableBytes() >= AWAY_BYTES
                && frame.getByte(frame.readerIndex() + TYPE_AT) == Http2FrameTypes.GO_AWAY
                && frame.getInt(frame.readerIndex() + AWAY_CODE_AT) != 0;
    }
}

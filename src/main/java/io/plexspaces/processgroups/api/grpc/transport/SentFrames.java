package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Follows the frames of HTTP/2 (RFC 9113, 4.1) that are sent to one peer: where each begins, so that no content of a
 * message is taken for a frame, whatever its sender put into it.
 */
final class SentFrames {
    private static final int TYPE_AT = 3;

    /** Bytes to come of the frame that has begun. */
    private long rest;

    /** How many of the frames that begin in these bytes reset a stream. */
    int resets(ByteBuf bytes) {
        int resets = 0;
        long at = bytes.readerIndex() + rest;
        while (bytes.writerIndex() - at >= Http2CodecUtil.FRAME_HEADER_LENGTH) {
            int begin = (int) at;
            resets += bytes.getByte(begin + TYPE_AT) == Http2FrameTypes.RST_STREAM ? 1 : 0;
            at += Http2CodecUtil.FRAME_HEADER_LENGTH + bytes.getUnsignedMedium(begin);
        }
        // Half a header is never written: if it were, nothing could be said of what follows.
        rest = at < bytes.writerIndex() ? Long.MAX_VALUE / 2 : at - bytes.writerIndex();
        return resets;
    }
}

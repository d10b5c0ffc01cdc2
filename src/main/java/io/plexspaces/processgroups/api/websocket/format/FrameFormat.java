package io.plexspaces.processgroups.api.websocket.format;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.plexspaces.processgroups.api.AnswerFormat;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionRequest;

/**
 * One subprotocol: how its messages look in WebSocket frames. Servers do not mask, so that a frame's bytes are the same
 * for every peer, and frames put one behind the other are what the peers of a turn get.
 */
public abstract sealed class FrameFormat implements WireFormat<ByteBuf>, AnswerFormat
        permits JsonFormatted, ProtoFormatted {
    public static final FrameFormat JSON = new JsonFormatted();
    public static final FrameFormat PROTO = new ProtoFormatted();

    /** The subprotocol's name in the handshake. */
    public abstract String subprotocol();

    /** Whether peers send text frames; else binary ones. */
    public abstract boolean isText();

    /** Bytes of the largest request. */
    public abstract int maxRequestBytes(ApiSettings settings);

    /** @throws UnreadableRequest INVALID_ARGUMENT */
    public abstract SessionRequest read(byte[] request) throws UnreadableRequest;

    /**
     * The complete frame of one event.
     *
     * @param event any but a {@code message}
     */
    abstract byte[] encode(Event event);

    @Override
    public final Frame frame(Event answer) {
        return Frame.control(this, encode(answer));
    }

    @Override
    public final ByteBuf join(byte[][] parts, int count, int bytes) {
        ByteBuf joined = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        for (int i = 0; i < count; i++) {
            joined.writeBytes(parts[i]);
        }
        return joined;
    }

    @Override
    public final void release(ByteBuf joined) {
        joined.release();
    }
}

package io.plexspaces.processgroups.api.http.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import org.jspecify.annotations.Nullable;

/** How events look in the body of an answer, whose end is the end of the connection. */
public abstract class StreamFormat implements WireFormat<ByteBuf> {
    public static final StreamFormat SSE = new ServerSentEvents();
    public static final StreamFormat CONNECT_JSON = new ConnectJson();
    public static final StreamFormat CONNECT_PROTO = new ConnectProto();

    /** Of the answer. */
    public abstract String mediaType();

    /** What is sent when there is nothing to send, so that everybody between sees that the connection is alive. */
    abstract byte[] beat();

    /**
     * What is sent last.
     *
     * @param why null: a regular end
     */
    public abstract byte[] end(@Nullable Refusal why);

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

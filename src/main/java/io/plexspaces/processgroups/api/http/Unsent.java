package io.plexspaces.processgroups.api.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * What the socket has not taken yet of what was written. While a large message is on its way over a slow link, only
 * here can be seen that it moves.
 *
 * @param bytes of all that is not sent whole
 * @param sent bytes of the first of those
 */
public record Unsent(long bytes, long sent) {
    public static final Unsent NOTHING = new Unsent(0, 0);

    /** On the event loop of the channel. */
    public static Unsent of(Channel channel) {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? NOTHING : new Unsent(queue.totalPendingWriteBytes(), queue.currentProgress());
    }

    /** Whether some of it has moved since. */
    public boolean goesOnFrom(Unsent before) {
        return bytes < before.bytes || sent != before.sent;
    }
}

package io.plexspaces.processgroups.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;

/**
 * What one network connection may have of the system and of its event loop.
 *
 * <p>Of what was written, only so much may lie in the system's buffer without being under way. Linux lets that buffer
 * grow to megabytes, which a peer that reads nothing fills at the cost of the whole machine. What is under way is not
 * bounded here, so that a distant peer gets all its connection can carry.
 *
 * <p>Of what has come, only so much is read before the other connections of the loop have their turn.
 */
public final class SocketBounds {
    private static final System.Logger LOG = System.getLogger(SocketBounds.class.getName());
    private static final long UNSENT_BYTES = 128 * 1024;

    /** Each of at most 64 KiB. */
    private static final int READS = 4;

    private SocketBounds() {}

    /** A bound that the system does not have is left out. */
    public static void set(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.MAX_MESSAGES_PER_READ, READS);
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
        } catch (ChannelException gone) {
            LOG.log(System.Logger.Level.TRACE, "a connection has gone already", gone);
        }
    }
}

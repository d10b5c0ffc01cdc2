package io.plexspaces.processgroups.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollChannelOption;

/**
 * How much of what was written to a connection may lie in the system's buffer without being under way. Linux lets that
 * buffer grow to megabytes, which a peer that reads nothing fills at the cost of the whole machine. What is under way
 * is not bounded here, so that a distant peer gets all its connection can carry.
 */
public final class SendBuffers {
    private static final System.Logger LOG = System.getLogger(SendBuffers.class.getName());
    private static final long UNSENT_BYTES = 128 * 1024;

    private SendBuffers() {}

    /** Without an effect where the system has no such bound. */
    public static void bound(Channel channel) {
        try {
            channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
        } catch (ChannelException gone) {
            LOG.log(System.Logger.Level.TRACE, "a connection has gone already", gone);
        }
    }
}

package io.plexspaces.processgroups.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many accepted connections may be at their beginning, where they hold up all others of their event loops: to
 * accept one takes a tenth of the time that its loop needs for it, and its handshake and first requests take longer
 * still. Further ones wait in the system's queue of the listener, where they cost nothing. So of thousands that come at
 * once, a few have their turn between those of others. In the pipeline of one listener.
 */
public final class AcceptQueue extends ChannelInboundHandlerAdapter {
    static final int MOST = 32;

    /** A beginning takes so long where nothing else is done; else until its loop gets to look at the time. */
    private static final long BEGINNING_MILLIS = 5;

    private static final String NAME = "accept-queue";
    private static final System.Logger LOG = System.getLogger(AcceptQueue.class.getName());

    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Puts one into a listener that has none. On any thread.
     *
     * @param listener null: not known
     */
    public static void install(@Nullable Channel listener) {
        if (listener == null || listener.pipeline().get(AcceptQueue.class) != null) {
            return;
        }
        listener.eventLoop().execute(() -> {
            if (listener.pipeline().get(AcceptQueue.class) == null) {
                listener.pipeline().addFirst(NAME, new AcceptQueue());
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        if (!(read instanceof Channel accepted)) {
            ctx.fireChannelRead(read);
            return;
        }
        Channel listener = ctx.channel();
        if (waiting.incrementAndGet() >= MOST) {
            // Before this one is given away: with its beginning, or a later one, accepting goes on.
            listener.config().setAutoRead(false);
        }
        try {
            ctx.fireChannelRead(accepted);
        } finally {
            whenBegun(accepted, () -> begun(listener));
        }
    }

    /** After its registration, and after its loop had time for what it sends first. */
    private static void whenBegun(Channel accepted, Runnable action) {
        try {
            EventLoop loop = accepted.eventLoop();
            loop.execute(() -> later(loop, action));
        } catch (IllegalStateException | RejectedExecutionException refused) {
            LOG.log(System.Logger.Level.TRACE, "a connection was not given to an event loop", refused);
            action.run();
        }
    }

    private static void later(EventLoop loop, Runnable action) {
        try {
            loop.schedule(action, BEGINNING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.log(System.Logger.Level.TRACE, "the event loop stops", stopping);
            action.run();
        }
    }

    private void begun(Channel listener) {
        if (waiting.decrementAndGet() <= MOST / 2 && !listener.config().isAutoRead()) {
            listener.config().setAutoRead(true);
        }
    }
}

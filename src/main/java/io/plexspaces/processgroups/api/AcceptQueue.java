package io.plexspaces.processgroups.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many accepted connections may be at their beginning, where they hold up all others of their event loops: to
 * accept one takes a tenth of the time that its loop needs for it, and its handshake and first requests take longer
 * still. Further ones wait in the system's queue of the listener, where they cost nothing. So of thousands that come at
 * once, a few have their turn between those of others. In the pipeline of one listener.
 */
public final class AcceptQueue extends ChannelInboundHandlerAdapter {
    static final int MOST = 32;

    /** About as long as a beginning takes; or until its loop gets to look at the time. */
    private static final long BEGINNING_MILLIS = 5;

    private static final String NAME = "accept-queue";
    private static final System.Logger LOG = System.getLogger(AcceptQueue.class.getName());

    private final AtomicInteger waiting = new AtomicInteger();
    private final Pace pace;

    private AcceptQueue(Pace pace) {
        this.pace = pace;
    }

    /** Whether beginnings have to leave time to others, as messages are being delivered. Thread-safe. */
    public static final class Pace {
        /** Messages that come a few times a second are not to be forgotten between two of them. */
        private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

        private final LongSupplier delivered;
        private final LongSupplier nanos;
        private volatile Look last;

        private record Look(long at, long delivered, boolean others) {}

        /**
         * @param delivered only grows, while messages are being delivered
         * @param nanos a monotonic clock
         */
        public Pace(LongSupplier delivered, LongSupplier nanos) {
            this.delivered = delivered;
            this.nanos = nanos;
            this.last = new Look(nanos.getAsLong(), delivered.getAsLong(), false);
        }

        boolean hasOthers() {
            Look known = last;
            long now = nanos.getAsLong();
            if (now - known.at < LOOK_NANOS) {
                return known.others;
            }
            long present = delivered.getAsLong();
            boolean others = present != known.delivered;
            last = new Look(now, present, others);
            return others;
        }
    }

    /**
     * Puts one into a listener that has none. On any thread.
     *
     * @param listener null: not known
     */
    public static void install(@Nullable Channel listener, Pace pace) {
        if (listener == null || listener.pipeline().get(AcceptQueue.class) != null) {
            return;
        }
        listener.eventLoop().execute(() -> {
            if (listener.pipeline().get(AcceptQueue.class) == null) {
                listener.pipeline().addFirst(NAME, new AcceptQueue(pace));
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
        Beginning beginning = new Beginning(pace, () -> begun(listener));
        try {
            accepted.pipeline().addFirst(beginning);
            ctx.fireChannelRead(accepted);
        } finally {
            beginning.endLater(accepted);
        }
    }

    /**
     * One connection until its loop has handled the first bytes of its client; where there are others, until it has had
     * time for them, too. A client that sends nothing holds up nobody for longer. Ends once, on any thread.
     */
    private static final class Beginning extends ChannelInboundHandlerAdapter {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Pace pace;
        private final Runnable end;

        Beginning(Pace pace, Runnable end) {
            this.pace = pace;
            this.end = end;
        }

        private void end() {
            if (over.compareAndSet(false, true)) {
                end.run();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.fireChannelReadComplete();
            if (!ctx.isRemoved()) {
                ctx.pipeline().remove(this);
            }
            if (!pace.hasOthers()) {
                end();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            ctx.fireChannelInactive();
            end();
        }

        void endLater(Channel accepted) {
            try {
                EventLoop loop = accepted.eventLoop();
                loop.execute(() -> endAfter(loop));
            } catch (IllegalStateException | RejectedExecutionException refused) {
                LOG.log(System.Logger.Level.TRACE, "a connection was not given to an event loop", refused);
                end();
            }
        }

        private void endAfter(EventLoop loop) {
            try {
                loop.schedule(this::end, BEGINNING_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                LOG.log(System.Logger.Level.TRACE, "the event loop stops", stopping);
                end();
            }
        }
    }

    private void begun(Channel listener) {
        if (waiting.decrementAndGet() <= MOST / 2 && !listener.config().isAutoRead()) {
            listener.config().setAutoRead(true);
        }
    }
}

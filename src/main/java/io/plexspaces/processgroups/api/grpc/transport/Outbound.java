package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What grpc-java holds of messages for one peer, on all of its streams: it takes a message whole, however small the
 * windows are that the peer gives, and keeps it outside of the heap. Behind grpc-java in the pipeline, where its
 * commands come by: each ends when its bytes are given to the socket, or given up. On the peer's event loop, but for
 * {@link #hasRoom}.
 */
final class Outbound extends ChannelOutboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(Outbound.class.getName());

    /** So much may be held whatever others hold. */
    private static final int LEAST_BYTES = 16 * 1024;

    /** So many bytes more or fewer are told to the budget at once. */
    private static final int LOT = 64 * 1024;

    /** Of those that waited for room, in one turn of the event loop. */
    static final int AT_ONCE = StreamTurns.STREAMS;

    /** About what a message costs beside its buffer, which grpc-java makes larger than small messages are. */
    private static final int COMMAND_BYTES = 200;

    private final long most;
    private final ServerBudget budget;
    private final LongSupplier counted;
    private final long mostWaiting;
    private final Map<Object, Waiting> waiting = new LinkedHashMap<>();
    private volatile long held;
    private volatile long charged;
    private volatile long promised;

    /** Messages that are not held any more. */
    private long taken;

    private boolean closed;
    private boolean waking;

    /** What is kept for those that wait. */
    private long waitingBytes;

    private @Nullable ChannelHandlerContext context;

    /** @param bytes that are kept for it */
    private record Waiting(Runnable action, long bytes) {}

    /**
     * @param most bytes that may be held before another message is taken
     * @param mostWaiting bytes that may be kept for what waits
     * @param counted bytes of these that others tell the budget of
     */
    Outbound(long most, long mostWaiting, ServerBudget budget, LongSupplier counted) {
        this.most = most;
        this.mostWaiting = mostWaiting;
        this.budget = budget;
        this.counted = counted;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void write(ChannelHandlerContext to, Object message, ChannelPromise done) {
        if (message instanceof ByteBufHolder data && !done.isVoid()) {
            int bytes = data.content().capacity() + COMMAND_BYTES;
            add(bytes);
            done.addListener(given -> add(-bytes));
        }
        to.write(message, done);
    }

    /** Whether another message may be given to grpc-java. On any thread. */
    boolean hasRoom() {
        long now = held + promised;
        return now < LEAST_BYTES || now < Math.min(most, budget.share(charged));
    }

    /** A message was given to grpc-java, which hands it on later in this turn of the event loop. */
    void promise(int bytes, Executor loop) {
        long before = promised;
        promised = before + bytes;
        if (before == 0) {
            // Behind what grpc-java has to do: then the message is held, or was given up.
            loop.execute(() -> {
                promised = 0;
                // What came to an end within the turn found no room for those that wait.
                wake();
            });
        }
    }

    long taken() {
        return taken;
    }

    /** It holds no more than its part of what all may hold. */
    boolean fitsItsShare() {
        return held < LEAST_BYTES || charged <= budget.share(charged);
    }

    /**
     * Does something once there is room.
     *
     * @param who waits for one thing at a time
     * @param bytes that are kept for it until then
     * @return false: it may not wait, as too much is kept already
     */
    boolean whenRoom(Object who, long bytes, Runnable action) {
        if (hasRoom()) {
            action.run();
            return true;
        }
        if (bytes > 0 && (waitingBytes + bytes > mostWaiting || !budget.admits(bytes))) {
            return false;
        }
        if (!closed) {
            forget(who);
            waiting.put(who, new Waiting(action, bytes));
            waits(bytes);
        }
        return true;
    }

    /** It has ended, and waits for nothing any more. */
    void forget(Object who) {
        Waiting given = waiting.remove(who);
        if (given != null) {
            waits(-given.bytes());
        }
    }

    private void waits(long bytes) {
        waitingBytes += bytes;
        budget.add(bytes);
    }

    /** The connection has ended, and nobody waits any more. */
    void close() {
        closed = true;
        waiting.clear();
        waits(-waitingBytes);
        budget.add(-charged);
        charged = 0;
    }

    private void add(int bytes) {
        long now = held + bytes;
        held = now;
        long before = charged;
        long after = Math.max(0, now - counted.getAsLong());
        if (!closed && (Math.abs(after - before) >= LOT || now == 0)) {
            charged = after;
            budget.add(after - before);
        }
        if (bytes < 0) {
            taken++;
            wake();
        }
    }

    /** Some a turn, as each may begin what takes long. Those that find no room again wait behind the others. */
    private void wake() {
        for (int left = AT_ONCE; left > 0 && !waiting.isEmpty() && hasRoom(); left--) {
            Map.Entry<Object, Waiting> first = waiting.entrySet().iterator().next();
            Runnable next = first.getValue().action();
            forget(first.getKey());
            guarded(next);
        }
        ChannelHandlerContext on = context;
        if (!waking && on != null && !waiting.isEmpty() && hasRoom()) {
            waking = true;
            on.executor()
                    .schedule(
                            () -> {
                                waking = false;
                                wake();
                            },
                            0,
                            TimeUnit.NANOSECONDS);
        }
    }

    /** Whatever becomes of one, the others are woken. */
    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "what waited for room could not go on", failure);
        }
    }
}

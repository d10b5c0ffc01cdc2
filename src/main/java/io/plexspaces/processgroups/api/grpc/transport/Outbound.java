package io.plexspaces.processgroups.api.grpc.transport;

import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What grpc-java holds of messages for one peer, on all of its streams: it takes a message whole, however small the
 * windows are that the peer gives, and keeps it outside of the heap. Behind grpc-java in the pipeline, where its
 * commands come by: each ends when its bytes are given to the socket, or given up. On the peer's event loop, but for
 * {@link #hasRoom}.
 */
final class Outbound extends ChannelOutboundHandlerAdapter {
    /** So much may be held whatever others hold. */
    private static final int LEAST_BYTES = 16 * 1024;

    /** So many bytes more or fewer are told to the budget at once. */
    private static final int LOT = 64 * 1024;

    /** About what a message costs beside its buffer, which grpc-java makes larger than small messages are. */
    private static final int COMMAND_BYTES = 200;

    private final long most;
    private final ServerBudget budget;
    private final LongSupplier counted;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private volatile long held;
    private volatile long charged;
    private volatile long promised;

    /** Messages that are not held any more. */
    private long taken;

    private boolean closed;

    /**
     * @param most bytes that may be held before another message is taken
     * @param counted bytes of these that others tell the budget of
     */
    Outbound(long most, ServerBudget budget, LongSupplier counted) {
        this.most = most;
        this.budget = budget;
        this.counted = counted;
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

    /** Does something once there is room. */
    void whenRoom(Runnable action) {
        if (hasRoom()) {
            action.run();
        } else if (!closed) {
            waiting.add(action);
        }
    }

    /** The connection has ended, and nobody waits any more. */
    void close() {
        closed = true;
        waiting.clear();
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

    /** As many as waited: those that find no room again wait behind the others. */
    private void wake() {
        for (int left = waiting.size(); left > 0 && hasRoom(); left--) {
            Runnable next = waiting.poll();
            if (next != null) {
                next.run();
            }
        }
    }
}

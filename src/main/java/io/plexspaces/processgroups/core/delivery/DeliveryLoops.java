package io.plexspaces.processgroups.core.delivery;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** The deliveries of all event loops of this node. */
public final class DeliveryLoops {
    private final Map<Executor, DeliveryLoop> loops = new ConcurrentHashMap<>();

    /** The same, to be asked at every message. */
    private final List<DeliveryLoop> all = new CopyOnWriteArrayList<>();

    private final LongSupplier nanos;
    private final DeliveryObserver observer;
    private final long mailboxBytes;
    private final long backlogBytes;
    private final ServerBudget budget;

    /**
     * @param nanos a monotonic clock, as {@link System#nanoTime}: that of the deadlines of frames
     * @param mailboxBytes bound of each connection's mailbox
     * @param backlogBytes bytes posted to one loop and not yet handed from which on {@link #isOverloaded}
     * @param budget of all mailboxes together
     */
    public DeliveryLoops(
            LongSupplier nanos, DeliveryObserver observer, long mailboxBytes, long backlogBytes, ServerBudget budget) {
        this.budget = budget;
        this.nanos = nanos;
        this.observer = observer;
        this.mailboxBytes = mailboxBytes;
        this.backlogBytes = backlogBytes;
    }

    /** A connection that is live from now on. */
    public Connection connect(Sink<?> sink) {
        DeliveryLoop loop = loops.computeIfAbsent(sink.loop(), this::begin);
        return new Connection(sink, loop, mailboxBytes, budget, observer);
    }

    private DeliveryLoop begin(Executor executor) {
        DeliveryLoop loop = new DeliveryLoop(executor, nanos, observer);
        all.add(loop);
        return loop;
    }

    /**
     * Completes once each loop has done what was posted to it before: a loop that hangs, or is gone, keeps it from
     * that.
     */
    public CompletableFuture<Void> turned() {
        return CompletableFuture.allOf(all.stream().map(DeliveryLoop::turned).toArray(CompletableFuture<?>[]::new));
    }

    /** Bytes posted to the loop that has most to deliver, and not yet handled there. */
    public long backlog() {
        return all.stream().mapToLong(DeliveryLoop::backlog).max().orElse(0);
    }

    /** Grows while messages of groups are handed to connections; about once a turn of a loop. */
    public long handedOut() {
        return all.stream().mapToLong(DeliveryLoop::handedOut).sum();
    }

    /** Whether a loop has so much to deliver that nothing should be added. */
    public boolean isOverloaded() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).backlog() > backlogBytes) {
                return true;
            }
        }
        return false;
    }
}

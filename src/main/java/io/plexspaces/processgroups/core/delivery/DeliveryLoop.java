package io.plexspaces.processgroups.core.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The deliveries of one event loop. What any thread posts is done on the loop in the order of posting; everything
 * posted while the loop was busy is one turn, in which each connection is flushed once. A turn that makes transports
 * copy much pauses for what they have to do, and goes on before anything else is delivered.
 */
final class DeliveryLoop {
    private static final System.Logger LOG = System.getLogger(DeliveryLoop.class.getName());

    /** Steps after which a turn ends, so that the loop gets to read its sockets. */
    private static final int STEPS_PER_TURN = 4096;

    /**
     * Bytes that transports copy before a turn pauses. They give the memory back when they have sent it: what a turn
     * would copy for all of its connections at once would be memory that no cache holds, and new each time.
     */
    static final int COPIED_BEFORE_PAUSE = 1024 * 1024;

    /** More than one is borrowed at a time only by connections with answers. */
    private static final int SPARE_RUNS = 64;

    private final Executor executor;
    private final LongSupplier nanos;
    private final DeliveryObserver observer;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong backlog = new AtomicLong();

    /** Written on the loop alone. */
    private final AtomicLong handedOut = new AtomicLong();

    // On the loop alone.
    private final List<Roster> running = new ArrayList<>();
    private final List<Connection> unflushed = new ArrayList<>();
    private final Deque<Run> spares = new ArrayDeque<>();
    private long delivered;
    private long copied;

    /** A roster has enough for one write: no further steps in this turn. */
    private boolean full;

    /** How many of those running have ended their turn. */
    private int ended;

    /** The turn that comes is the rest of one that has paused. */
    private boolean pausing;

    DeliveryLoop(Executor executor, LongSupplier nanos, DeliveryObserver observer) {
        this.executor = executor;
        this.nanos = nanos;
        this.observer = observer;
    }

    void post(Runnable step) {
        inbox.add(step);
        schedule();
    }

    /** Bytes of messages that were posted and not yet handed to connections. */
    long backlog() {
        return backlog.get();
    }

    /** Turns that had messages of groups for connections. */
    long handedOut() {
        return handedOut.get();
    }

    void addBacklog(long bytes) {
        backlog.addAndGet(bytes);
    }

    /** The clock of the deadlines of frames: monotonic nanoseconds. */
    long nanos() {
        return nanos.getAsLong();
    }

    // From here on: on the loop alone.

    /** An empty run, to be given back. */
    Run borrow() {
        Run spare = spares.pollLast();
        return spare == null ? new Run() : spare;
    }

    void giveBack(Run run) {
        if (run.clear() && spares.size() < SPARE_RUNS) {
            spares.addLast(run);
        }
    }

    /** Events were handed to transports. */
    void delivered(long events) {
        delivered += events;
    }

    /** The turn takes no further steps, so that what it has is delivered. */
    void deliverSoon() {
        full = true;
    }

    /** A transport has copied so much of what it was given. */
    void copied(long bytes) {
        copied += bytes;
    }

    /** Whether a roster should leave its other subscribers for after a pause. */
    boolean isPauseDue() {
        return copied >= COPIED_BEFORE_PAUSE;
    }

    void flushLater(Connection connection) {
        unflushed.add(connection);
    }

    /** Does something on the loop, not before {@code delay} has passed. */
    void later(Duration delay, Runnable step) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, this::post)
                .execute(step);
    }

    void deliverLater(Roster roster) {
        running.add(roster);
    }

    boolean isExpired(Frame frame) {
        return frame.mayExpire() && frame.isExpired(nanos.getAsLong());
    }

    private void turn() {
        boolean pauses = false;
        copied = 0;
        try {
            if (!pausing) {
                takeSteps();
            }
            if (!running.isEmpty()) {
                handedOut.lazySet(handedOut.get() + 1);
            }
            pauses = !endRosters();
            for (int i = 0; i < unflushed.size(); i++) {
                guarded(unflushed.get(i)::flush);
            }
            guarded(this::observeDelivered);
        } finally {
            unflushed.clear();
            if (pauses) {
                pause();
            } else {
                end();
            }
        }
    }

    private void takeSteps() {
        full = false;
        for (int i = 0; i < STEPS_PER_TURN && !full; i++) {
            Runnable step = inbox.poll();
            if (step == null) {
                return;
            }
            guarded(step);
        }
    }

    /** Returns false when one of them has more to hand out after a pause. */
    private boolean endRosters() {
        for (; ended < running.size(); ended++) {
            try {
                if (!running.get(ended).endTurn()) {
                    return false;
                }
            } catch (RuntimeException | Error failure) {
                failed(failure);
            }
        }
        return true;
    }

    /** Behind what transports have to do. */
    private void pause() {
        pausing = true;
        try {
            executor.execute(this::turn);
        } catch (RuntimeException | Error failure) {
            end();
            throw failure;
        }
    }

    /** After any failure: a loop that still counts as scheduled would never deliver anything again. */
    private void end() {
        pausing = false;
        ended = 0;
        running.clear();
        scheduled.set(false);
        if (!inbox.isEmpty()) {
            schedule();
        }
    }

    private void observeDelivered() {
        long events = delivered;
        delivered = 0;
        if (events > 0) {
            observer.delivered(events);
        }
    }

    private void schedule() {
        // Looked at first: most find a turn scheduled, and an attempt takes the word away from the others.
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(this::turn);
            } catch (RuntimeException | Error failure) {
                // Otherwise no later step would ever be run.
                scheduled.set(false);
                throw failure;
            }
        }
    }

    /** Completes on the loop, once what was posted before is done. */
    CompletableFuture<Void> turned() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        post(() -> done.complete(null));
        return done;
    }

    /** One connection's failure must not stop the deliveries of all others. */
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            failed(failure);
        }
    }

    private static void failed(Throwable failure) {
        LOG.log(System.Logger.Level.ERROR, "a delivery failed", failure);
    }
}

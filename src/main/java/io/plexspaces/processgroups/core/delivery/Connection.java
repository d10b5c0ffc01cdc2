package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One live network connection: its frames go straight to its transport while that is ready, and wait in a bounded
 * mailbox while it is not. Never blocks; methods may be called from any thread unless they say otherwise.
 *
 * <p>One file, as it is one state machine on one loop.
 */
public final class Connection {
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    private static final int BATCH_FRAMES = 64;

    /** How long a peer may take to take the rest. */
    private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(5);

    /** How soon to look again whether there is room for more. */
    private static final Duration ROOM_AGAIN = Duration.ofMillis(200);

    /** How long to wait for it. */
    private static final Duration ROOM_AT_LAST = Duration.ofSeconds(10);

    /** Nothing waits for more than this part of what all may hold. */
    private static final int ROOM_PART = 8;

    private static final Duration NEXT_TURN = Duration.ofMillis(1);
    private static final Duration CLOSE_AGAIN = Duration.ofSeconds(1);
    private static final int CLOSE_ATTEMPTS = 5;

    private final Sink<?> sink;
    private final DeliveryLoop loop;
    private final DeliveryObserver observer;
    private final ServerBudget budget;

    // On the loop alone.
    private final Mailbox mailbox;

    /** Frames for this connection alone that go out together: with the turn, or before whatever else is written. */
    private @Nullable Run own;

    private boolean dirty;
    private boolean finishing;
    private final Burst burst = new Burst();
    private boolean timingBurst;

    /** How often the peer has taken something that waited. */
    private long taken;

    private boolean timingStall;

    /** As {@link #taken}, when it was last looked whether the peer takes anything. */
    private long takenBefore;

    private @Nullable GroupException finishCause;

    /** How to end it after the requests under way; null: at once. */
    private volatile @Nullable Consumer<GroupException> politely;

    /** What to do once less waits; null: nothing. */
    private volatile @Nullable Runnable onRoom;

    private volatile boolean crowded;
    private volatile boolean closed;
    /** What waits for room, in the order of its sources in the mailbox. */
    private final Queue<Deferred> deferred = new ArrayDeque<>();

    private boolean timingRoom;

    /** Since when the server alone has had no room for the first of them, by the loop's clock; 0: it has. */
    private long noRoomSince;

    private record Deferred(Source source, long bytes, Runnable step) {}

    private final List<Consumer<@Nullable GroupException>> onEnd = new CopyOnWriteArrayList<>();

    /** @param mailboxBytes bound of the mailbox */
    Connection(Sink<?> sink, DeliveryLoop loop, long mailboxBytes, ServerBudget budget, DeliveryObserver observer) {
        this.sink = sink;
        this.loop = loop;
        this.observer = observer;
        this.budget = budget;
        this.mailbox = new Mailbox(sink.format(), mailboxBytes, sink.heldBytes(), budget, observer);
    }

    DeliveryLoop loop() {
        return loop;
    }

    /** Of the peer; null: it is not known. */
    public @Nullable SocketAddress address() {
        return sink.address();
    }

    /** As its transport calls itself. */
    public String kind() {
        return sink.kind();
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Adds an action that runs once when the connection ends, at whichever side: on the loop, with the cause when the
     * server cut it. Not called when it has ended already.
     */
    public void onEnd(Consumer<@Nullable GroupException> action) {
        onEnd.add(action);
    }

    /** So much waits for the peer that nothing more should be asked for on its behalf. */
    public boolean isCrowded() {
        return crowded;
    }

    /** @param action run on the loop each time when the connection is not {@link #isCrowded} any more */
    public void onRoom(Runnable action) {
        onRoom = action;
    }

    /** Counts how often the peer has taken something that waited for it. On the loop alone. */
    public long taken() {
        return taken;
    }

    /**
     * Counts what is kept for the client beside what waits for it, in what all clients may make the server hold. To be
     * given back with {@link #forget}.
     *
     * @param bytes that are kept already
     * @param more bytes
     * @return false: the server has no room for them, and they do not count
     */
    public boolean keep(long bytes, long more) {
        boolean little = bytes + more <= ServerBudget.LITTLE_BYTES;
        if (little ? !budget.admits(more) : bytes + more > budget.share(bytes)) {
            return false;
        }
        budget.add(more);
        return true;
    }

    /** So many bytes are no longer kept. */
    public void forget(long bytes) {
        budget.add(-bytes);
    }

    /** Does a further part of what would keep others waiting if it were done at once: on the loop, after their turn. */
    public void soon(Runnable part) {
        loop.later(NEXT_TURN, part);
    }

    /** Sends an event after everything sent before; it is never dropped. */
    public void send(Frame frame) {
        loop.post(() -> push(null, frame));
    }

    /**
     * Does what will give a {@link Source#awaited} its first events, once the peer takes what it is sent, and the
     * server has room for them. Not when the connection ends before.
     *
     * @param bytes that they have, about
     */
    public void whenRoom(Source source, long bytes, Runnable step) {
        source.deferred = true;
        loop.post(() -> {
            if (!closed) {
                deferred.add(new Deferred(source, Math.min(bytes, budget.bytes() / ROOM_PART), step));
                beginDeferred();
            }
        });
    }

    /** Gives a {@link Source#awaited} its events. */
    public void supply(Source source, Iterator<Frame> frames, long weight) {
        supply(source, frames, weight, null);
    }

    /**
     * Gives a {@link Source#awaited} its next events.
     *
     * @param whenTaken run on the loop when the peer has taken these, and awaits further ones; null: these are the last
     */
    public void supply(Source source, Iterator<Frame> frames, long weight, @Nullable Runnable whenTaken) {
        loop.post(() -> {
            source.supply(frames, whenTaken);
            if (!closed) {
                drainOrEnd(() -> mailbox.supplied(source, weight));
            }
        });
    }

    /** The transport takes more. */
    public void ready() {
        loop.post(this::drain);
    }

    /**
     * Ends the connection after everything sent before. A peer that does not take that in time is cut. Nothing is sent
     * after this.
     *
     * @param cause the error that the peer receives; null: a regular end
     */
    public void finish(@Nullable GroupException cause) {
        loop.post(() -> {
            if (closed || finishing) {
                return;
            }
            finishing = true;
            finishCause = cause;
            drain();
            if (!closed) {
                loop.later(FINISH_TIMEOUT, () -> end(cause, true));
            }
        });
    }

    /**
     * @param how ends it with {@link #finish} once what is under way for its peer is done; called at most once, on any
     * thread
     */
    public void politely(Consumer<GroupException> how) {
        politely = how;
    }

    /**
     * Ends the connection as {@link #finish}, but after the answers to requests under way; a few seconds later without
     * them.
     */
    public void retire(GroupException cause) {
        Consumer<GroupException> how = politely;
        if (how == null) {
            finish(cause);
        } else {
            loop.later(FINISH_TIMEOUT, () -> finish(cause));
            how.accept(cause);
        }
    }

    /** Ends the connection now: what waits in the mailbox is given up. */
    public void cut(GroupException cause) {
        loop.post(() -> end(cause, true));
    }

    /** The transport has ended. */
    public void lost() {
        loop.post(() -> end(null, false));
    }

    // From here on: on the loop alone.

    void push(@Nullable Subscriber subscriber, Frame frame) {
        if (closed || finishing) {
            return;
        }
        try {
            if (mailbox.isEmpty() && sink.ready()) {
                collect(frame);
            } else {
                enqueue(subscriber, frame);
            }
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    void push(Source source) {
        if (!closed && !finishing) {
            drainOrEnd(() -> mailbox.offer(source));
        }
    }

    /**
     * Delivers a run of frames, all of them accepted by the subscriber.
     *
     * @param shared other connections get it too
     */
    void push(Subscriber subscriber, Run run, boolean shared) {
        if (closed || finishing) {
            return;
        }
        try {
            writeOwn();
            if (mailbox.isEmpty() && sink.ready()) {
                run.writeTo(sink, shared);
                loop.delivered(run.count());
                if (sink.copies()) {
                    loop.copied(run.weight());
                }
                touched();
                return;
            }
            for (int i = 0; i < run.count() && !closed; i++) {
                enqueue(subscriber, run.frame(i));
            }
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    void flush() {
        if (!dirty) {
            return;
        }
        try {
            writeOwn();
            dirty = false;
            sink.flush();
        } catch (RuntimeException | Error failure) {
            dirty = false;
            fail(failure);
        }
    }

    /** Frames that the transport takes at once do not count against the mailbox. */
    private void drainOrEnd(Runnable queued) {
        try {
            queued.run();
            drain();
            if (!closed && mailbox.isOverweight()) {
                overflow(0);
            } else {
                watchStall();
            }
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    /** Whether the mailbox may go beyond its bound for now. */
    private boolean isBurst() {
        boolean goesOn = burst.goesOn(loop.nanos(), taken);
        if (goesOn && !timingBurst) {
            timingBurst = true;
            loop.later(Burst.STALL, this::checkBurst);
        }
        return goesOn;
    }

    private void checkBurst() {
        timingBurst = false;
        if (closed || !burst.isOn()) {
            return;
        }
        if (!isBurst()) {
            overflow(0);
        }
    }

    /** Begins the first of those that wait for room, if all before it has been taken, and there is room. */
    private void beginDeferred() {
        try {
            Deferred next = deferred.peek();
            if (next != null && !closed) {
                beginOrWait(next);
            }
        } catch (RuntimeException | Error failure) {
            // What waits behind the source would wait for ever.
            fail(failure);
        }
    }

    private void beginOrWait(Deferred next) {
        boolean taken = sink.ready() && mailbox.isNext(next.source());
        if (taken && budget.admits(next.bytes())) {
            deferred.remove();
            noRoomSince = 0;
            next.source().deferred = false;
            mailbox.reserve(next.source(), next.bytes());
            next.step().run();
        } else if (!taken) {
            // It is looked again once the transport takes more.
            noRoomSince = 0;
        } else if (noRoomSince == 0) {
            noRoomSince = Math.max(1, loop.nanos());
            lookForRoomLater();
        } else if (loop.nanos() - noRoomSince > ROOM_AT_LAST.toNanos()) {
            end(GroupException.of(ErrorCode.OVERLOADED, "the server holds too much for its clients"), true);
        } else {
            lookForRoomLater();
        }
    }

    private void lookForRoomLater() {
        if (!timingRoom) {
            timingRoom = true;
            loop.later(ROOM_AGAIN, () -> {
                timingRoom = false;
                beginDeferred();
            });
        }
    }

    /** While something waits, looks now and then whether the peer takes anything. */
    private void watchStall() {
        if (!timingStall && !closed && !mailbox.isEmpty()) {
            timingStall = true;
            takenBefore = taken;
            loop.later(Burst.STALL, this::checkStall);
        }
    }

    /** A peer that takes nothing may hold less than otherwise when others need room. */
    private void checkStall() {
        timingStall = false;
        try {
            if (!closed && taken == takenBefore && !mailbox.isHeldUp() && !mailbox.fitsItsShare()) {
                overflow(0);
            } else {
                watchStall();
            }
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    /** @param unqueued messages that found no room */
    private void overflow(int unqueued) {
        observer.dropped(OverflowPolicy.DISCONNECT, mailbox.messages() + unqueued);
        end(mailbox.isHeldUp() ? heldUp() : tooSlow(), true);
    }

    private void collect(Frame frame) {
        Run collected = own;
        if (collected == null) {
            collected = loop.borrow();
            own = collected;
            touched();
        }
        collected.add(frame, frame.encoded(sink.format()).length);
        if (collected.weight() >= Run.BYTES) {
            writeOwn();
        }
    }

    private void writeOwn() {
        Run collected = own;
        if (collected != null) {
            own = null;
            write(collected);
        }
    }

    private void enqueue(@Nullable Subscriber subscriber, Frame frame) {
        writeOwn();
        if (!mailbox.offer(subscriber, frame, false) && !(isBurst() && mailbox.offer(subscriber, frame, true))) {
            overflow(frame.message() == null ? 0 : 1);
        } else if (!crowded && mailbox.isCrowded()) {
            crowded = true;
        }
        watchStall();
    }

    /** Hands over what waits while the transport takes it. */
    private void drain() {
        try {
            writeOwn();
            while (!closed && !mailbox.isEmpty() && sink.ready() && writeBatch()) {
                // until the transport is full, or what is next is not there yet
            }
            if (burst.isOn() && mailbox.isWithinBound()) {
                burst.end();
            }
            if (crowded && !mailbox.isCrowded()) {
                roomAgain();
            }
            if (finishing && !closed && mailbox.isEmpty()) {
                end(finishCause, true);
            }
            beginDeferred();
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    private void roomAgain() {
        crowded = false;
        Runnable action = onRoom;
        if (action != null) {
            action.run();
        }
    }

    /** False: nothing is there to be written. */
    private boolean writeBatch() {
        Run batch = loop.borrow();
        int polled = 0;
        while (polled < BATCH_FRAMES && batch.weight() < Run.BYTES) {
            Frame frame = mailbox.poll();
            if (frame == null) {
                break;
            }
            polled++;
            if (!loop.isExpired(frame)) {
                batch.add(frame, frame.encoded(sink.format()).length);
            }
        }
        write(batch);
        return polled > 0;
    }

    /** @param batch given back to the loop */
    private void write(Run batch) {
        try {
            if (batch.count() > 0) {
                batch.writeTo(sink, false);
                taken++;
                loop.delivered(batch.count());
                touched();
            }
        } finally {
            loop.giveBack(batch);
        }
    }

    /** What cannot be encoded or written must not be lost in silence, and concerns this connection alone. */
    void fail(Throwable failure) {
        if (!closed) {
            LOG.log(System.Logger.Level.ERROR, "an event could not be sent", failure);
            end(GroupException.of(ErrorCode.INTERNAL, "an event could not be sent"), true);
        }
    }

    private static GroupException tooSlow() {
        return GroupException.of(ErrorCode.SLOW_CONSUMER, "the queue of this connection is full");
    }

    private static GroupException heldUp() {
        return GroupException.of(
                ErrorCode.STORE_UNAVAILABLE, "the store takes too long to give the messages to catch up with");
    }

    private void touched() {
        if (!dirty) {
            dirty = true;
            loop.flushLater(this);
        }
    }

    private void end(@Nullable GroupException cause, boolean byServer) {
        if (closed) {
            return;
        }
        closed = true;
        step(mailbox::clear);
        deferred.clear();
        if (byServer) {
            step(this::flush);
            close(cause, CLOSE_ATTEMPTS);
            if (cause != null) {
                step(() -> observer.cut(cause.code()));
            }
        }
        own = null;
        onEnd.forEach(action -> step(() -> action.accept(cause)));
    }

    /** A peer whose transport could not be closed would believe that its connection is live. */
    private void close(@Nullable GroupException cause, int attempts) {
        step(() -> {
            try {
                sink.close(cause);
            } catch (RuntimeException | Error failure) {
                if (attempts > 1) {
                    loop.later(CLOSE_AGAIN, () -> close(cause, attempts - 1));
                }
                throw failure;
            }
        });
    }

    /**
     * One that fails does not stop the others: a session that is not notified would hold its joins forever.
     */
    private static void step(Runnable ending) {
        try {
            ending.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "a connection could not be ended as it should", failure);
        }
    }
}

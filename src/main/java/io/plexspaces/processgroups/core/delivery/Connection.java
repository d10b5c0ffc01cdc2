package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One live network connection: what is due to it goes straight to its transport while that is ready, and waits in a
 * bounded mailbox while it is not. Never blocks; methods may be called from any thread unless they say otherwise.
 */
public final class Connection {
    private static final int BATCH_FRAMES = 64;

    private final Sink<?> sink;
    private final DeliveryLoop loop;
    private final DeliveryObserver observer;

    // On the loop alone.
    private final Mailbox mailbox;
    private boolean dirty;

    private volatile boolean closed;
    private final List<Consumer<@Nullable GroupException>> onEnd = new CopyOnWriteArrayList<>();

    Connection(Sink<?> sink, DeliveryLoop loop, long mailboxBytes, DeliveryObserver observer) {
        this.sink = sink;
        this.loop = loop;
        this.observer = observer;
        this.mailbox = new Mailbox(sink.format(), mailboxBytes, observer);
    }

    DeliveryLoop loop() {
        return loop;
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Adds what to do once when the connection ends, whoever ended it: on the loop, with the cause when the server cut it.
     * Not called when it has ended already.
     */
    public void onEnd(Consumer<@Nullable GroupException> action) {
        onEnd.add(action);
    }

    /** Sends an event after everything sent before; it is never dropped. */
    public void send(Frame frame) {
        loop.post(() -> push(null, frame));
    }

    /** Gives a {@link Source#awaited} its events. */
    public void supply(Source source, Iterator<Frame> frames) {
        loop.post(() -> {
            source.supply(frames);
            drain();
        });
    }

    /** The transport takes more. */
    public void ready() {
        loop.post(this::drain);
    }

    /** Ends the connection after everything sent before, as long as the peer keeps taking it. */
    public void finish(@Nullable GroupException cause) {
        loop.post(() -> {
            if (!closed) {
                drainAll();
                end(cause, true);
            }
        });
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
        if (closed) {
            return;
        }
        if (mailbox.isEmpty() && sink.ready()) {
            write(frame);
            return;
        }
        enqueue(subscriber, frame);
    }

    void push(Source source) {
        if (!closed) {
            mailbox.offer(source);
            drain();
        }
    }

    /** Delivers a run of frames, all of them accepted by the subscriber. */
    void push(Subscriber subscriber, Run run) {
        if (closed) {
            return;
        }
        if (mailbox.isEmpty() && sink.ready()) {
            run.writeTo(sink);
            touched();
            return;
        }
        for (int i = 0; i < run.count() && !closed; i++) {
            enqueue(subscriber, run.frame(i));
        }
    }

    void flush() {
        if (dirty) {
            dirty = false;
            sink.flush();
        }
    }

    private void enqueue(@Nullable Subscriber subscriber, Frame frame) {
        if (mailbox.offer(subscriber, frame)) {
            return;
        }
        end(GroupException.of(ErrorCode.SLOW_CONSUMER, "the queue of this connection is full"), true);
    }

    private void drain() {
        while (!closed && !mailbox.isEmpty() && sink.ready()) {
            if (writeBatch() == 0) {
                break;
            }
        }
    }

    /** Hands over all that can be, ready or not: the transport is about to end. */
    private void drainAll() {
        while (!mailbox.isEmpty() && writeBatch() > 0) {
            // until nothing is left that is made already
        }
    }

    private int writeBatch() {
        Run batch = loop.batch();
        int bytes = 0;
        for (int i = 0; i < BATCH_FRAMES && bytes < Run.BYTES; i++) {
            Frame frame = mailbox.poll();
            if (frame == null) {
                break;
            }
            if (!loop.isExpired(frame)) {
                batch.add(frame);
                bytes += frame.encoded(sink.format()).length;
            }
        }
        int count = batch.count();
        if (count > 0) {
            batch.writeTo(sink);
            observer.delivered(count);
            touched();
        }
        batch.clear();
        return count;
    }

    private void write(Frame frame) {
        Run single = loop.batch();
        single.add(frame);
        single.writeTo(sink);
        single.clear();
        observer.delivered(1);
        touched();
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
        mailbox.clear();
        if (byServer) {
            flush();
            sink.close(cause);
            if (cause != null) {
                observer.cut(cause.code());
            }
        }
        onEnd.forEach(action -> action.accept(cause));
    }
}

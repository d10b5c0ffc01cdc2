package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subscribers of one audience on one loop, and the frames that wait there for the end of the turn. */
final class Roster {
    private static final System.Logger LOG = System.getLogger(Roster.class.getName());

    private final DeliveryLoop loop;

    // On the loop alone.
    private final List<Subscriber> subscribers = new ArrayList<>();
    private @Nullable Delivery first;
    private @Nullable Delivery last;
    private long bytes;
    private boolean hasExcepts;
    private boolean hasTraced;
    private boolean waiting;

    // Where the audience is changed alone.
    private int size;

    Roster(DeliveryLoop loop) {
        this.loop = loop;
    }

    DeliveryLoop loop() {
        return loop;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Subscriber subscriber) {
        size++;
        loop.post(() -> {
            deliver();
            subscriber.slot = subscribers.size();
            subscribers.add(subscriber);
        });
    }

    void remove(Subscriber subscriber) {
        size--;
        loop.post(() -> {
            deliver();
            Subscriber moved = subscribers.remove(subscribers.size() - 1);
            if (moved != subscriber) {
                moved.slot = subscriber.slot;
                subscribers.set(subscriber.slot, moved);
            }
        });
    }

    void send(Subscriber subscriber, Frame frame) {
        posted(frame);
        loop.post(() -> {
            deliver();
            int connections = 0;
            try {
                if (!loop.isExpired(frame)) {
                    subscriber.connection().push(subscriber, frame);
                    connections = 1;
                }
            } catch (RuntimeException | Error failure) {
                subscriber.connection().fail(failure);
            }
            handed(frame, connections);
        });
    }

    void send(Subscriber subscriber, Source source) {
        loop.post(() -> {
            deliver();
            subscriber.connection().push(source);
        });
    }

    void post(Frame frame, int weight, @Nullable ActorId except) {
        posted(frame);
        Delivery delivery = new Delivery(this, frame, weight, except);
        loop.addBacklog(weight);
        loop.post(delivery);
    }

    /** On the loop. */
    void endTurn() {
        waiting = false;
        deliver();
    }

    /** Hands the waiting frames to every subscriber. On the loop. */
    void deliver() {
        Delivery due = first;
        if (due == null) {
            return;
        }
        first = null;
        last = null;
        loop.addBacklog(-bytes);
        bytes = 0;
        boolean excepts = hasExcepts;
        boolean traced = hasTraced;
        hasExcepts = false;
        hasTraced = false;
        try {
            handOut(due, excepts);
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
        for (Delivery at = traced ? due : null; at != null; at = at.next) {
            handed(at.frame, subscribers.size());
        }
    }

    private void handOut(Delivery due, boolean excepts) {
        Run run = loop.borrow();
        try {
            for (Delivery at = due; at != null; at = at.next) {
                run.add(at.frame, at.weight);
            }
            for (int i = 0; i < subscribers.size(); i++) {
                deliver(subscribers.get(i), run, due, excepts);
            }
        } finally {
            loop.giveBack(run);
        }
    }

    /**
     * Which subscribers received the frames is not known, so all are cut: no client may believe that it missed nothing.
     * On the loop.
     */
    void fail(Throwable failure) {
        for (int i = 0; i < subscribers.size(); i++) {
            subscribers.get(i).connection().fail(failure);
        }
    }

    private static void posted(Frame frame) {
        DeliveryTracer.Delivering traced = frame.traced();
        if (traced != null) {
            traced.posted();
        }
    }

    /** A tracer that fails must not keep other connections from what comes after the message. */
    private static void handed(Frame frame, int connections) {
        DeliveryTracer.Delivering traced = frame.traced();
        if (traced == null) {
            return;
        }
        try {
            traced.handed(connections);
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "a delivery could not be traced", failure);
        }
    }

    private void deliver(Subscriber subscriber, Run run, Delivery due, boolean excepts) {
        if (!excepts || !isExcepted(subscriber, due)) {
            subscriber.connection().push(subscriber, run, subscribers.size() > 1);
            return;
        }
        for (Delivery at = due; at != null; at = at.next) {
            if (at.except == null || !at.except.equals(subscriber.actor())) {
                subscriber.connection().push(subscriber, at.frame);
            }
        }
    }

    private static boolean isExcepted(Subscriber subscriber, Delivery due) {
        for (Delivery at = due; at != null; at = at.next) {
            if (at.except != null && at.except.equals(subscriber.actor())) {
                return true;
            }
        }
        return false;
    }

    /** On the loop. */
    void take(Delivery delivery) {
        if (loop.isExpired(delivery.frame)) {
            loop.addBacklog(-delivery.weight);
            handed(delivery.frame, 0);
            return;
        }
        if (last == null) {
            first = delivery;
        } else {
            last.next = delivery;
        }
        last = delivery;
        bytes += delivery.weight;
        hasExcepts |= delivery.except != null;
        hasTraced |= delivery.frame.traced() != null;
        if (bytes >= Run.BYTES) {
            deliver();
        }
        if (!waiting) {
            waiting = true;
            loop.deliverLater(this);
        }
    }
}

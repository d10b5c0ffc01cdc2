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
    private boolean hasExpiring;
    private boolean hasTraced;
    private boolean waiting;

    /** What is handed out now, of these, and to whom next; null: nothing. */
    private @Nullable Run handing;

    private @Nullable Delivery handed;
    private boolean handingExcepts;
    private boolean handingExpires;
    private boolean handingTraced;
    private int next;

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

    /**
     * On the loop, again and again until it returns true.
     *
     * @return false: there are subscribers left, for after a pause of the loop
     */
    boolean endTurn() {
        try {
            if (!goOn(true)) {
                return false;
            }
            waiting = false;
            begin();
            return goOn(true);
        } catch (RuntimeException | Error failure) {
            waiting = false;
            giveUp(failure);
            return true;
        }
    }

    /** Hands the waiting frames to every subscriber; never throws. On the loop. */
    void deliver() {
        try {
            goOn(false);
            begin();
            goOn(false);
        } catch (RuntimeException | Error failure) {
            giveUp(failure);
        }
    }

    private void giveUp(Throwable failure) {
        handing = null;
        handed = null;
        fail(failure);
    }

    private void begin() {
        Delivery due = first;
        if (due == null) {
            return;
        }
        first = null;
        last = null;
        loop.addBacklog(-bytes);
        bytes = 0;
        handingExcepts = hasExcepts;
        handingExpires = hasExpiring;
        handingTraced = hasTraced;
        hasExcepts = false;
        hasExpiring = false;
        hasTraced = false;
        Run run = loop.borrow();
        for (Delivery at = due; at != null; at = at.next) {
            run.add(at.frame, at.weight);
        }
        handing = run;
        handed = due;
        next = 0;
    }

    /** A turn may take long when it pauses: those that come next must not get what has expired meanwhile. */
    private void dropExpired() {
        Run run = handing;
        if (run == null || !handingExpires || !hasExpired(handed)) {
            return;
        }
        Run left = loop.borrow();
        Delivery kept = null;
        Delivery end = null;
        for (Delivery at = handed; at != null; at = at.next) {
            if (loop.isExpired(at.frame)) {
                handed(at.frame, next);
                continue;
            }
            left.add(at.frame, at.weight);
            if (end == null) {
                kept = at;
            } else {
                end.next = at;
            }
            end = at;
        }
        if (end != null) {
            end.next = null;
        }
        handing = left;
        handed = kept;
        loop.giveBack(run);
    }

    private boolean hasExpired(@Nullable Delivery due) {
        for (Delivery at = due; at != null; at = at.next) {
            if (loop.isExpired(at.frame)) {
                return true;
            }
        }
        return false;
    }

    private boolean goOn(boolean mayPause) {
        dropExpired();
        Run run = handing;
        Delivery due = handed;
        if (run == null) {
            return true;
        }
        try {
            while (due != null && next < subscribers.size()) {
                if (mayPause && loop.isPauseDue()) {
                    return false;
                }
                deliver(subscribers.get(next++), run, due, handingExcepts);
            }
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
        handing = null;
        handed = null;
        try {
            loop.giveBack(run);
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
        for (Delivery at = handingTraced ? due : null; at != null; at = at.next) {
            handed(at.frame, subscribers.size());
        }
        return true;
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
        hasExpiring |= delivery.frame.mayExpire();
        hasTraced |= delivery.frame.traced() != null;
        if (bytes >= Run.BYTES) {
            loop.deliverSoon();
        }
        if (!waiting) {
            waiting = true;
            loop.deliverLater(this);
        }
    }
}

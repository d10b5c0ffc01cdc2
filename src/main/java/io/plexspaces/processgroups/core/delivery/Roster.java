package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The subscribers of one audience on one loop, and the frames that wait there for the end of the turn. */
final class Roster {
    private final DeliveryLoop loop;

    // On the loop alone.
    private final List<Subscriber> subscribers = new ArrayList<>();
    private @Nullable Run run;

    /** Whom each frame of the run is not for; empty: all are for everybody. */
    private final List<@Nullable ActorId> excepts = new ArrayList<>(0);

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
        loop.post(() -> {
            deliver();
            subscriber.connection().push(subscriber, frame);
        });
    }

    void send(Subscriber subscriber, Source source) {
        loop.post(() -> {
            deliver();
            subscriber.connection().push(source);
        });
    }

    void post(Frame frame, int weight, @Nullable ActorId except) {
        loop.addBacklog(weight);
        loop.post(() -> take(frame, weight, except));
    }

    /** On the loop. */
    void endTurn() {
        waiting = false;
        deliver();
    }

    /** Hands the waiting frames to every subscriber. On the loop. */
    void deliver() {
        Run due = run;
        if (due == null) {
            return;
        }
        run = null;
        try {
            for (int i = 0; i < subscribers.size(); i++) {
                deliver(subscribers.get(i), due);
            }
            loop.delivered((long) due.count() * subscribers.size());
        } finally {
            loop.addBacklog(-due.weight());
            loop.giveBack(due);
            excepts.clear();
        }
    }

    private void deliver(Subscriber subscriber, Run due) {
        if (excepts.isEmpty() || !excepts.contains(subscriber.actor())) {
            subscriber.connection().push(subscriber, due);
            return;
        }
        for (int i = 0; i < due.count(); i++) {
            if (!Objects.equals(excepts.get(i), subscriber.actor())) {
                subscriber.connection().push(subscriber, due.frame(i));
            }
        }
    }

    private void take(Frame frame, int weight, @Nullable ActorId except) {
        if (loop.isExpired(frame)) {
            loop.addBacklog(-weight);
            return;
        }
        Run due = run;
        if (due == null) {
            due = loop.borrow();
            run = due;
        }
        due.add(frame, weight);
        except(due.count(), except);
        if (due.weight() >= Run.BYTES) {
            deliver();
        }
        if (!waiting) {
            waiting = true;
            loop.deliverLater(this);
        }
    }

    /** Kept only once there is somebody to leave out. */
    private void except(int count, @Nullable ActorId except) {
        if (except != null || !excepts.isEmpty()) {
            while (excepts.size() < count - 1) {
                excepts.add(null);
            }
            excepts.add(except);
        }
    }
}

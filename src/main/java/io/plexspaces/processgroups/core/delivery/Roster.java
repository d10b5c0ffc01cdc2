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
    private final Run run = new Run();
    private final List<@Nullable ActorId> excepts = new ArrayList<>();
    private boolean hasExcepts;
    private long runBytes;
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
        if (run.count() == 0) {
            return;
        }
        try {
            for (int i = 0; i < subscribers.size(); i++) {
                deliver(subscribers.get(i));
            }
            loop.observer().delivered((long) run.count() * subscribers.size());
        } finally {
            loop.addBacklog(-runBytes);
            run.clear();
            excepts.clear();
            hasExcepts = false;
            runBytes = 0;
        }
    }

    private void deliver(Subscriber subscriber) {
        if (hasExcepts && excepts.contains(subscriber.actor())) {
            for (int i = 0; i < run.count(); i++) {
                if (!Objects.equals(excepts.get(i), subscriber.actor())) {
                    subscriber.connection().push(subscriber, run.frame(i));
                }
            }
            return;
        }
        subscriber.connection().push(subscriber, run);
    }

    private void take(Frame frame, int weight, @Nullable ActorId except) {
        if (loop.isExpired(frame)) {
            loop.addBacklog(-weight);
            return;
        }
        run.add(frame);
        excepts.add(except);
        hasExcepts |= except != null;
        runBytes += weight;
        if (runBytes >= Run.BYTES) {
            deliver();
        }
        if (!waiting) {
            waiting = true;
            loop.deliverLater(this);
        }
    }
}

package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of this node that get the same events of one group. Changes and deliveries come from one place at a time
 * (the group's reading), and reach every subscriber in that order: a subscriber that is added gets what is delivered
 * after, and one that is removed gets nothing more.
 */
public final class Audience {
    private static final Roster[] NONE = {};

    private Roster[] rosters = NONE;

    public boolean isEmpty() {
        for (Roster roster : rosters) {
            if (!roster.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** @param first what it gets before everything else */
    public void add(Subscriber subscriber, @Nullable Source first) {
        Connection connection = subscriber.connection();
        if (first != null) {
            connection.loop().post(() -> connection.push(first));
        }
        rosterOf(connection.loop()).add(subscriber);
    }

    public void remove(Subscriber subscriber) {
        rosterOf(subscriber.connection().loop()).remove(subscriber);
    }

    /** An event for one subscriber of this audience, after everything delivered before. */
    public void send(Subscriber subscriber, Frame frame) {
        rosterOf(subscriber.connection().loop()).send(subscriber, frame);
    }

    /** Events for one subscriber of this audience, after everything delivered before. */
    public void send(Subscriber subscriber, Source source) {
        rosterOf(subscriber.connection().loop()).send(subscriber, source);
    }

    /**
     * An event for every subscriber.
     *
     * @param weight about how many bytes it keeps alive
     * @param except not for this actor's; null: for all
     */
    public void deliver(Frame frame, int weight, @Nullable ActorId except) {
        for (Roster roster : rosters) {
            if (!roster.isEmpty()) {
                roster.post(frame, weight, except);
            }
        }
    }

    private Roster rosterOf(DeliveryLoop loop) {
        for (Roster roster : rosters) {
            if (roster.loop() == loop) {
                return roster;
            }
        }
        Roster added = new Roster(loop);
        rosters = Arrays.copyOf(rosters, rosters.length + 1);
        rosters[rosters.length - 1] = added;
        return added;
    }
}

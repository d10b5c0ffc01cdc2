package io.plexspaces.processgroups.core;

import org.jspecify.annotations.Nullable;

/** The place of one of this node's sessions in a group: held as long as the session has a join there. */
final class Seat {
    private final Session session;
    private @Nullable Subscription subscription;

    Seat(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    /** Null while the session has no connection, or has not asked to go on receiving. */
    @Nullable
    Subscription subscription() {
        return subscription;
    }

    void subscription(@Nullable Subscription changed) {
        subscription = changed;
    }
}

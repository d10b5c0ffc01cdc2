package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/**
 * The place of one of this node's sessions in one group: held as long as the session has a join there, or had one that
 * the store has lost and that is being made again. Changed in the group's serial queue alone, and read by any thread.
 */
public final class Seat {
    /** Joins of the seat that the store has lost, and that are not made again yet. */
    public interface Repair {
        /** Completes when the store has the joins, or when they are no longer wanted; fails as a write does. */
        Uni<Void> restored();
    }

    private final LocalSession session;
    private volatile @Nullable Subscription subscription;

    private volatile @Nullable Connection connection;

    private volatile @Nullable Repair repair;

    /** @param connection where the session wants to receive; null: it has not subscribed yet */
    public Seat(LocalSession session, @Nullable Connection connection) {
        this.session = session;
        this.connection = connection;
    }

    /** The last connection on which the session subscribed, even if it has ended; null: none on this node. */
    public @Nullable Connection connection() {
        return connection;
    }

    public void connection(Connection changed) {
        connection = changed;
    }

    public LocalSession session() {
        return session;
    }

    /** Null while the session has no connection, or has not subscribed again since. */
    public @Nullable Subscription subscription() {
        return subscription;
    }

    public void subscription(@Nullable Subscription changed) {
        subscription = changed;
    }

    /** Null: the store has its joins as they should be. */
    public @Nullable Repair repair() {
        return repair;
    }

    public void repair(@Nullable Repair changed) {
        repair = changed;
    }
}

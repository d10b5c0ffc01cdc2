package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One repair: joins of one session of this node that the store has lost or has too many of.
 * Part of the group's reading, and as little thread-safe as that, but for {@link #restored} and {@link #queued}.
 */
final class JoinRepair implements Seat.Repair {
    private final JoinRepairs repairs;
    private final ActorId actor;
    private final Owner.Session owner;
    private final @Nullable Seat seat;
    private TopicFilter filter;
    private JoinMetadata metadata;
    private int wanted;

    /** Set while it waits for its turn at the repairer. */
    final AtomicBoolean queued = new AtomicBoolean();

    /**
     * @param seat of the session; null: the session has ended, and its joins must end, too
     * @param metadata that they had
     * @param wanted joins there were, ≥ 0
     */
    JoinRepair(
            JoinRepairs repairs,
            ActorId actor,
            Owner.Session owner,
            @Nullable Seat seat,
            TopicFilter filter,
            JoinMetadata metadata,
            int wanted) {
        this.repairs = repairs;
        this.actor = actor;
        this.owner = owner;
        this.seat = seat;
        this.filter = filter;
        this.metadata = metadata;
        this.wanted = wanted;
    }

    JoinRepairs repairs() {
        return repairs;
    }

    ActorId actor() {
        return actor;
    }

    Owner.Session owner() {
        return owner;
    }

    @Nullable
    Seat seat() {
        return seat;
    }

    TopicFilter filter() {
        return filter;
    }

    JoinMetadata metadata() {
        return metadata;
    }

    void says(JoinMetadata changed) {
        metadata = changed;
    }

    int wanted() {
        return wanted;
    }

    void wanted(int joins) {
        wanted = joins;
    }

    /** One more join, with what it asked for, and said. */
    void more(PendingJoin asked) {
        wanted++;
        filter = filter.union(asked.filter());
        metadata = asked.metadata().isEmpty() ? metadata : asked.metadata();
    }

    /** Whether the joins are no longer wanted. */
    boolean isOver() {
        return seat != null && seat.session().isOver();
    }

    /** Whether the joins are no longer this node's to make or to end. */
    boolean isDropped() {
        return seat != null && seat.session().isDropped();
    }

    @Override
    public Uni<Void> restored() {
        return repairs.restored(this);
    }
}

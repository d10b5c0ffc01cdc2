package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Owner;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/**
 * A session of this node, as groups see it: it holds joins, and is notified of what becomes of them. Thread-safe.
 */
public interface LocalSession {
    Owner.Session owner();

    ActorId actor();

    String resumeToken();

    /** The session is over, and no later connection will want its joins. */
    boolean isOver();

    /** It is over here, but its joins are no longer this node's: they have moved, or end with the node's lease. */
    boolean isDropped();

    /**
     * Whether joins that are moved here for it may still be wanted: by it, or by the same session under a later claim.
     */
    boolean isComing();

    /** It has a join in a group. In the group's serial queue. */
    void seated(GroupId group, Seat seat);

    /**
     * Its last join in one epoch of a group has ended. In the group's serial queue.
     *
     * @param subscription on which it received the group; null: on none
     * @param cause the error that the client receives if its connection was for this group alone; null: a regular end
     */
    void ended(GroupId group, Seat seat, @Nullable Subscription subscription, @Nullable GroupException cause);

    /** Its joins in a group are on another node now, where its client is. In the group's serial queue. */
    void moved(GroupId group, Seat seat);

    /** Completes when the store has its joins in a group as they were; fails as a write does. */
    Uni<Void> restored(GroupId group);
}

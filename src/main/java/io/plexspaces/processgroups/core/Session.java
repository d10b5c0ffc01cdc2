package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

/** One actor on one connection at a time, holding joins in any number of groups. */
public final class Session {
    public Namespace namespace() {
        throw new UnsupportedOperationException();
    }

    public ActorId actor() {
        throw new UnsupportedOperationException();
    }

    /**
     * Joins a group and receives its messages on the session's connection: first an {@code Event.Subscribed}. For a group
     * that a resumed session still holds and does not receive yet: goes on receiving, with no further join.
     *
     * @param after last position the client saw; null: only what comes
     * @param snapshot tell the members with the first event
     * @param policy null: the group's, or else the server's
     * @param announceToken tell the resume token with the first event
     */
    public Uni<Groups.JoinResult> join(
            GroupId group,
            TopicFilter filter,
            @Nullable Position after,
            boolean snapshot,
            @Nullable OverflowPolicy policy,
            boolean announceToken) {
        throw new UnsupportedOperationException();
    }

    /** Drops one join of this session, or all of them. NOT_A_MEMBER when it has none. */
    public Uni<Groups.LeaveResult> leave(GroupId group, boolean all) {
        throw new UnsupportedOperationException();
    }
}

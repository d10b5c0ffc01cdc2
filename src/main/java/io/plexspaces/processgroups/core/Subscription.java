package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import org.jspecify.annotations.Nullable;

/**
 * A session receiving one group on one connection.
 *
 * @param after last position the client saw; null: only new messages
 * @param last retained messages to send first, beside those after {@code after}; null: none
 * @param snapshot send the members first
 * @param policy null: the group's, or else the server's
 * @param only the connection is for this group alone: its first event carries the resume token, and it ends with the
 *     join
 * @param presence what it sees of the members
 */
public record Subscription(
        LocalSession session,
        Subscriber subscriber,
        @Nullable Position after,
        @Nullable ReplayLast last,
        boolean snapshot,
        @Nullable OverflowPolicy policy,
        boolean only,
        Presence presence) {
    /** Without the last messages first; it sees nothing of the members. */
    public Subscription(
            LocalSession session,
            Subscriber subscriber,
            @Nullable Position after,
            boolean snapshot,
            @Nullable OverflowPolicy policy,
            boolean only) {
        this(session, subscriber, after, null, snapshot, policy, only, Presence.NONE);
    }

    /** The same, seeing what came after {@code position} unless it asked for more. */
    public Subscription from(Position position) {
        return after != null
                ? this
                : new Subscription(session, subscriber, position, last, snapshot, policy, only, presence);
    }

    /** Whether it gets the members first. */
    public boolean beginsWithMembers() {
        return snapshot || presence == Presence.MEMBERS;
    }

    public Connection connection() {
        return subscriber.connection();
    }

    public String announcedToken() {
        return only ? session.resumeToken() : "";
    }
}

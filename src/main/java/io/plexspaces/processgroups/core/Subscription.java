package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import org.jspecify.annotations.Nullable;

/**
 * A session receiving one group on one connection.
 *
 * @param announcedToken resume token to tell with the first event; empty: none
 */
public record Subscription(Session session, Subscriber subscriber, Wish wish, String announcedToken) {
    /**
     * What the client asked for.
     *
     * @param after last position it saw; null: only what comes
     * @param snapshot tell the members first
     * @param policy null: the group's, or else the server's
     */
    public record Wish(
            @Nullable Position after,
            boolean snapshot,
            @Nullable OverflowPolicy policy) {}
}

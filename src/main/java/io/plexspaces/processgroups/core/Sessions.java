package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The live connections of this node and the sessions on them. */
public final class Sessions {
    /** @param resumed an earlier session was taken over, with its joins in {@code groups} */
    public record Opened(Session session, String resumeToken, boolean resumed, List<GroupId> groups) {}

    /**
     * A connection that is live from now on: its transport reports {@code ready()} and {@code lost()} to it.
     *
     * @throws io.plexspaces.processgroups.domain.GroupException LIMIT_EXCEEDED, SHUTTING_DOWN
     */
    public Connection connect(Sink<?> sink) {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens a session, or takes over the one of {@code resumeToken} if it is still known and of the same actor and
     * namespace. When the connection ends, its joins last for the grace.
     *
     * @param resumeToken null or unknown: a new session
     */
    public Opened open(Connection connection, Namespace namespace, ActorId actor, @Nullable String resumeToken) {
        throw new UnsupportedOperationException();
    }

    /** Follows membership on a connection, until that ends. */
    public Watcher watcher(Connection connection) {
        throw new UnsupportedOperationException();
    }

    public NodeId node() {
        throw new UnsupportedOperationException();
    }

    /** How long joins survive their connection. */
    public Duration grace() {
        throw new UnsupportedOperationException();
    }
}

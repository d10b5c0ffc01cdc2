package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.Evictions;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The live connections of this node, and the sessions on them or waiting for the next. Thread-safe.
 */
public final class Sessions {
    private static final int EVICTED_AT_ONCE = 256;
    private static final int LOOKED_AT = 4_096;

    private final Settings settings;
    private final Replicas replicas;
    private final Connections connections;
    private final KnownSessions known;
    private final SessionOpening opening;
    private final Shares shares;
    private final ScheduledExecutorService timer;
    private final BannedActors banned = new BannedActors(System::nanoTime);

    /** @param resumed an earlier session was taken over, with its joins in {@code groups} */
    public record Opened(Session session, String resumeToken, boolean resumed, List<GroupId> groups) {}

    /**
     * @param timer ends graces; nothing it runs takes long
     * @param secrets unguessable texts, each once
     */
    public Sessions(
            Groups groups,
            Replicas replicas,
            DeliveryLoops loops,
            OperationIds operations,
            Settings settings,
            ScheduledExecutorService timer,
            Supplier<String> secrets) {
        this.settings = settings;
        this.timer = timer;
        this.replicas = replicas;
        this.connections = new Connections(loops, settings, timer);
        this.shares = new Shares(settings.connections());
        this.known = new KnownSessions(settings.sessions());
        Graces graces = new Graces(settings, timer, connections::isStopping);
        this.opening = new SessionOpening(new Home(groups, replicas, settings, graces, known), operations, secrets);
    }

    /**
     * A connection that is live from now on: its transport reports {@code ready()} and {@code lost()} to it.
     *
     * @throws GroupException LIMIT_EXCEEDED, SHUTTING_DOWN, FENCED
     */
    public Connection connect(Sink<?> sink) {
        return connections.connect(sink);
    }

    /**
     * Opens a session, or takes over the one of {@code resumeToken}, here or from another node, if it is still known
     * and of the same actor and namespace. When the connection ends, its joins last for the grace.
     *
     * <p>When several connections, on any nodes, take over one session at once, the last claim gets all of it; the
     * others fail with SESSION_REPLACED, and their connections end with that error.
     *
     * <p>Fails with LIMIT_EXCEEDED, when too many sessions are connected or in their grace, or the actor or its tenant
     * has too many connections here; with BANNED.
     *
     * @param resumeToken null or unknown: a new session
     */
    public Uni<Opened> open(Connection connection, Namespace namespace, ActorId actor, @Nullable String resumeToken) {
        boolean returning = opening.isConnected(namespace, actor, resumeToken);
        return shares.counted(connection, namespace, actor, returning, () -> {
            requireNotBanned(namespace, actor);
            return opening.open(connection, namespace, actor, resumeToken).invoke(this::requireNotBanned);
        });
    }

    private void requireNotBanned(Namespace namespace, ActorId actor) {
        GroupException refusal = banned.refusal(namespace.tenant(), actor);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** The ban may have been read meanwhile, when the session was not known here yet. */
    private void requireNotBanned(Opened opened) {
        Session session = opened.session();
        GroupException refusal = banned.refusal(session.namespace().tenant(), session.actor());
        if (refusal != null) {
            session.evict(refusal);
            throw refusal;
        }
    }

    BannedActors banned() {
        return banned;
    }

    /** Ends the sessions of those that were evicted; those that are banned open none here. */
    void evict(Evictions.Notes notes) {
        Set<BannedActors.Who> evicted = banned.take(notes);
        if (!evicted.isEmpty()) {
            evict(evicted, known.all());
        }
    }

    /** Some at once, and further ones when others had their turn: there may be many, of one actor, too. */
    private void evict(Set<BannedActors.Who> evicted, Iterator<Session> left) {
        List<Session> found = new ArrayList<>();
        for (int looked = 0; looked < LOOKED_AT && found.size() < EVICTED_AT_ONCE && left.hasNext(); looked++) {
            Session session = left.next();
            if (evicted.contains(new BannedActors.Who(session.namespace().tenant(), session.actor()))) {
                found.add(session);
            }
        }
        try {
            PeriodicTasks.withEach(found, Session::evict);
        } finally {
            if (left.hasNext()) {
                timer.execute(() -> evict(evicted, left));
            }
        }
    }

    /**
     * Follows membership on a connection, until that ends.
     *
     * @param only the connection is for one watch alone, and ends with it
     */
    public ConnectionWatches watcher(Connection connection, boolean only) {
        return new ConnectionWatches(connection, replicas, settings, only ? shares : null);
    }

    /**
     * Counts a connection as one of a tenant until it ends, or until what it is for has failed: LIMIT_EXCEEDED or
     * QUOTA_EXCEEDED before it has begun.
     */
    public <T> Uni<T> counted(Connection connection, String tenant, Supplier<Uni<T>> use) {
        return shares.counted(connection, tenant, use);
    }

    public NodeId node() {
        return settings.node();
    }

    /** Actors and tenants that have connections here. */
    int sharing() {
        return shares.size();
    }

    /** How long joins survive their connection. */
    public Duration grace() {
        return settings.grace();
    }

    /** Live connections. */
    public int connected() {
        return connections.size();
    }

    /** The same by the kind of their transport. */
    public SortedMap<String, Integer> connectedByKind() {
        return connections.byKind();
    }

    /** Sessions, connected or in their grace. */
    public int size() {
        return known.size();
    }

    /**
     * Takes no more connections, and ends the present ones: each client is notified, and some time later sent away to
     * reconnect elsewhere. Their joins stay, for other nodes to take over.
     *
     * @param period over which they are notified, one after the other
     * @param notice between the notice and the end
     * @return completes when all have ended
     */
    public CompletableFuture<Void> drain(Duration period, Duration notice) {
        return connections.drain(period, notice);
    }

    /**
     * Ends every connection at once, and forgets their sessions without leaving: this node may not write for them any
     * more.
     */
    public void dropAll(GroupException cause) {
        connections.refuse(cause);
        try {
            known.dropAll();
        } finally {
            connections.cutAll(cause);
        }
    }

    /** Takes connections again after {@link #dropAll}. */
    public void acceptAgain() {
        connections.acceptAgain();
    }
}

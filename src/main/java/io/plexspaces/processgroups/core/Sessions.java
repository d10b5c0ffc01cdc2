package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The live connections of this node, and the sessions on them or waiting for the next. Thread-safe. */
public final class Sessions {
    private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

    private final Groups groups;
    private final Replicas replicas;
    private final DeliveryLoops loops;
    private final Operations operations;
    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final Supplier<String> secrets;

    private final Map<String, Session> byId = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connected = new AtomicInteger();
    private volatile boolean stopping;

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
            Operations operations,
            Settings settings,
            ScheduledExecutorService timer,
            Supplier<String> secrets) {
        this.groups = groups;
        this.replicas = replicas;
        this.loops = loops;
        this.operations = operations;
        this.settings = settings;
        this.timer = timer;
        this.secrets = secrets;
    }

    /**
     * A connection that is live from now on: its transport reports {@code ready()} and {@code lost()} to it.
     *
     * @throws GroupException LIMIT_EXCEEDED, SHUTTING_DOWN
     */
    public Connection connect(Sink<?> sink) {
        if (stopping) {
            throw stopping();
        }
        if (connected.incrementAndGet() > settings.sessions()) {
            connected.decrementAndGet();
            throw GroupException.limit("sessions", settings.sessions());
        }
        Connection connection = loops.connect(sink);
        connections.add(connection);
        connection.onEnd(cause -> {
            connections.remove(connection);
            connected.decrementAndGet();
        });
        return connection;
    }

    /**
     * Opens a session, or takes over the one of {@code resumeToken} if it is still known and of the same actor and
     * namespace. When the connection ends, its joins last for the grace.
     *
     * @param resumeToken null or unknown: a new session
     * @throws GroupException LIMIT_EXCEEDED, when too many sessions are connected or in their grace
     */
    public Opened open(Connection connection, Namespace namespace, ActorId actor, @Nullable String resumeToken) {
        Session known = resumeToken == null ? null : byId.get(idOf(resumeToken));
        if (known != null
                && known.actor().equals(actor)
                && known.namespace().equals(namespace)
                && known.takeOver(connection)) {
            return new Opened(known, known.resumeToken(), true, known.groups());
        }
        if (byId.size() >= settings.sessions()) {
            throw GroupException.limit("sessions", settings.sessions());
        }
        String token = secrets.get();
        String id = idOf(token);
        Owner.Session owner =
                new Owner.Session(id, settings.node(), operations.lease().incarnation());
        Session session = new Session(this, namespace, actor, token, owner);
        byId.put(id, session);
        session.takeOver(connection);
        return new Opened(session, token, false, List.of());
    }

    /**
     * Follows membership on a connection, until that ends.
     *
     * @param only the connection is for one watch alone, and ends with it
     */
    public Watcher watcher(Connection connection, boolean only) {
        return new Watcher(connection, replicas, settings, only);
    }

    public NodeId node() {
        return settings.node();
    }

    /** How long joins survive their connection. */
    public Duration grace() {
        return settings.grace();
    }

    /** Live connections. */
    public int connected() {
        return connected.get();
    }

    /** Sessions, connected or in their grace. */
    public int size() {
        return byId.size();
    }

    /** Takes no more connections, and tells those there are to go elsewhere. */
    public void shutdown() {
        stopping = true;
        connections.forEach(connection -> connection.finish(stopping()));
    }

    Groups groups() {
        return groups;
    }

    Replicas replicas() {
        return replicas;
    }

    Settings settings() {
        return settings;
    }

    /** Nothing is done any more, and null returned, once the server stops. */
    @Nullable
    Future<?> afterGrace(Runnable action) {
        try {
            return stopping ? null : timer.schedule(action, settings.grace().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            return null;
        }
    }

    void forget(Session session) {
        byId.remove(session.owner().id());
    }

    /** A leave of a session that has ended failed: a store that is away gets it again later. */
    void notAbandoned(Session session, GroupId group, Throwable failure) {
        ErrorCode code = failure instanceof GroupException expected ? expected.code() : ErrorCode.INTERNAL;
        if (code == ErrorCode.NOT_A_MEMBER || code == ErrorCode.GROUP_NOT_FOUND) {
            return;
        }
        GroupReplica replica = code.retryable() && code != ErrorCode.FENCED ? replicas.ifOpen(group) : null;
        if (replica != null) {
            replica.abandoned(session);
        } else {
            String actor = session.actor().value();
            LOG.log(System.Logger.Level.WARNING, "join of {0} in {1} stays: {2}", actor, group.name(), failure);
        }
    }

    /** The public name of the session that a secret token belongs to. */
    private static String idOf(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .substring(0, 22);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static GroupException stopping() {
        return GroupException.of(ErrorCode.SHUTTING_DOWN, "this server is stopping");
    }
}

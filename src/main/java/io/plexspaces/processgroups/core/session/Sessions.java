package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.group.GroupReplica;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The live connections of this node, and the sessions on them or waiting for the next. Thread-safe.
 *
 * <p>One file, as opening, taking over and ending a session are decided on the same map.
 */
public final class Sessions {
    private static final System.Logger LOG = System.getLogger(Sessions.class.getName());
    private static final int TAKEOVERS_AT_ONCE = 64;

    /** Clients that come back sooner were never away. */
    private static final Duration MOMENT = Duration.ofMillis(200);

    private static final Duration SHORT_GRACE = Duration.ofSeconds(1);

    private final Groups groups;
    private final Replicas replicas;
    private final OperationIds operations;
    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final Supplier<String> secrets;

    private final Map<String, Session> byId = new ConcurrentHashMap<>();
    private final Connections connections;

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
        this.groups = groups;
        this.replicas = replicas;
        this.connections = new Connections(loops, settings, timer);
        this.operations = operations;
        this.settings = settings;
        this.timer = timer;
        this.secrets = secrets;
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
     * <p>Of several that take one session over at once, on whatever nodes, the one with the last claim gets it whole;
     * the others fail with SESSION_REPLACED, and their connections end with it.
     *
     * <p>Fails with LIMIT_EXCEEDED, when too many sessions are connected or in their grace.
     *
     * @param resumeToken null or unknown: a new session
     */
    public Uni<Opened> open(Connection connection, Namespace namespace, ActorId actor, @Nullable String resumeToken) {
        return Uni.createFrom().deferred(() -> {
            Who who = new Who(connection, namespace, actor);
            if (resumeToken == null) {
                return Uni.createFrom().item(begin(who));
            }
            String id = idOf(resumeToken);
            Session known = byId.get(id);
            return known != null ? goOn(known, who) : fromElsewhere(id, resumeToken, who);
        });
    }

    /** Who opens a session. */
    private record Who(Connection connection, Namespace namespace, ActorId actor) {
        boolean isFor(Session session) {
            return actor.equals(session.actor()) && namespace.equals(session.namespace());
        }
    }

    private Opened begin(Who who) {
        String token = secrets.get();
        Session session = new Session(this, who.namespace(), who.actor(), token, ownerOf(idOf(token), 0));
        session.complete();
        add(session);
        session.takeOver(who.connection());
        return new Opened(session, token, false, List.of());
    }

    private Uni<Opened> goOn(Session known, Who who) {
        if (!who.isFor(known)) {
            return Uni.createFrom().item(() -> begin(who));
        }
        if (!known.isComplete()) {
            return fromElsewhere(known.owner().id(), known.resumeToken(), who);
        }
        return known.groups().isEmpty() ? stay(known, who) : unlessClaimed(known, who);
    }

    /**
     * Its client may have tried another node, which has claimed it, and has not moved everything yet: that must not end
     * what goes on here.
     */
    private Uni<Opened> unlessClaimed(Session known, Who who) {
        long own = known.owner().claim();
        return groups.claimAgain(known)
                .onFailure(Sessions::isUnavailable)
                .recoverWithItem(() -> new Claim(own, false))
                .chain(claim -> !claim.ended() && claim.number() == own
                        ? stay(known, who)
                        : groups.heldBy(known.owner().id())
                                .chain(held -> claimed(claim, known.owner().id(), known.resumeToken(), held, who)));
    }

    private Uni<Opened> stay(Session known, Who who) {
        return known.takeOver(who.connection())
                ? Uni.createFrom().item(new Opened(known, known.resumeToken(), true, known.groups()))
                : fromElsewhere(known.owner().id(), known.resumeToken(), who);
    }

    /** Sessions that nobody holds a join for are not claimed: anybody can make up a token. */
    private Uni<Opened> fromElsewhere(String id, String token, Who who) {
        return groups.heldBy(id).chain(held -> {
            List<GroupId> present = held.stream()
                    .filter(group -> group.namespace().equals(who.namespace()))
                    .toList();
            if (present.isEmpty()) {
                return Uni.createFrom().item(() -> begin(who));
            }
            if (!byId.containsKey(id)) {
                // Before the claim: whoever has the session is to keep it when there is no room here.
                requireRoom();
            }
            return groups.claim(id).chain(claim -> claimed(claim, id, token, present, who));
        });
    }

    private Uni<Opened> claimed(Claim claim, String id, String token, List<GroupId> held, Who who) {
        if (claim.ended()) {
            return Uni.createFrom().item(() -> begin(who));
        }
        Session arriving = new Session(this, who.namespace(), who.actor(), token, ownerOf(id, claim.number()));
        return bring(replace(arriving), arriving, held, who);
    }

    /**
     * Whatever cannot be brought now may be brought by the next attempt: until then the session is incomplete, and in
     * its grace.
     *
     * @param latest the session that this node has under the latest claim
     */
    private Uni<Opened> bring(Session latest, Session session, List<GroupId> held, Who who) {
        if (latest != session) {
            return Uni.createFrom().failure(() -> replaced(session, who));
        }
        List<Uni<Boolean>> all = held.stream()
                .map(group -> groups.takeOver(group, session)
                        .replaceWith(true)
                        .onFailure(Sessions::isGone)
                        .recoverWithItem(false))
                .toList();
        return Uni.join()
                .all(all)
                .usingConcurrencyOf(TAKEOVERS_AT_ONCE)
                .andCollectFailures()
                .onFailure()
                .transform(failure -> notBrought(session, who, failure))
                .map(done -> arrived(session, who));
    }

    private Throwable notBrought(Session session, Who who, Throwable failure) {
        List<Throwable> causes = failure instanceof CompositeException several ? several.getCauses() : List.of(failure);
        if (session.isDropped() || causes.stream().anyMatch(Sessions::isReplaced)) {
            return replaced(session, who);
        }
        session.awaitConnection();
        return causes.get(0);
    }

    private Opened arrived(Session session, Who who) {
        if (session.isDropped()) {
            throw replaced(session, who);
        }
        if (session.groups().isEmpty()) {
            session.drop();
            return begin(who);
        }
        session.complete();
        if (!session.takeOver(who.connection())) {
            throw replaced(session, who);
        }
        return new Opened(session, session.resumeToken(), true, session.groups());
    }

    /** Somebody else has claimed the session since, and has it whole. */
    private static GroupException replaced(Session session, Who who) {
        session.replaced();
        GroupException cause = GroupException.sessionReplaced();
        who.connection().cut(cause);
        return cause;
    }

    private Owner.Session ownerOf(String id, long claim) {
        return new Owner.Session(id, settings.node(), operations.lease().incarnation(), claim);
    }

    private void add(Session session) {
        requireRoom();
        byId.put(session.owner().id(), session);
    }

    /**
     * The one of the two that has the later claim, which is known from now on: one that was known before it has been
     * replaced.
     */
    private Session replace(Session arriving) {
        String id = arriving.owner().id();
        AtomicReference<@Nullable Session> replaced = new AtomicReference<>();
        Session latest = byId.compute(id, (same, known) -> {
            if (known != null && known.owner().claim() > arriving.owner().claim()) {
                return known;
            }
            replaced.set(known);
            return arriving;
        });
        Session gone = replaced.get();
        if (gone != null) {
            gone.replacedBy(arriving);
        }
        return latest;
    }

    private void requireRoom() {
        if (byId.size() >= settings.sessions()) {
            throw GroupException.limit("sessions", settings.sessions());
        }
    }

    private static boolean isGone(Throwable failure) {
        return GroupException.is(failure, ErrorCode.NOT_A_MEMBER, ErrorCode.GROUP_NOT_FOUND);
    }

    private static boolean isUnavailable(Throwable failure) {
        return GroupException.is(failure, ErrorCode.STORE_UNAVAILABLE);
    }

    private static boolean isReplaced(Throwable failure) {
        return GroupException.is(failure, ErrorCode.SESSION_REPLACED);
    }

    /**
     * Follows membership on a connection, until that ends.
     *
     * @param only the connection is for one watch alone, and ends with it
     */
    public ConnectionWatches watcher(Connection connection, boolean only) {
        return new ConnectionWatches(connection, replicas, settings, only);
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
        return connections.size();
    }

    /** Sessions, connected or in their grace. */
    public int size() {
        return byId.size();
    }

    /**
     * Takes no more connections, and ends those there are: each is told, and some time later told to come back
     * elsewhere. Their joins stay, for other nodes to take over.
     *
     * @param period over which they are told, one after the other
     * @param notice between being told and the end
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
            PeriodicTasks.withEach(byId.values(), Session::drop);
        } finally {
            connections.cutAll(cause);
        }
    }

    /** Takes connections again after {@link #dropAll}. */
    public void acceptAgain() {
        connections.acceptAgain();
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
        return after(settings.grace(), action);
    }

    /** When a loss of the connection is more than a moment's; never, when the grace is not much longer. */
    void afterMoment(Runnable action) {
        if (settings.grace().compareTo(SHORT_GRACE) >= 0) {
            after(MOMENT, action);
        }
    }

    /** When a takeover that has begun is over, and so is the grace of what was taken over. */
    void afterTakeover(Runnable action) {
        after(settings.grace().plus(settings.takeover()), action);
    }

    private @Nullable Future<?> after(Duration delay, Runnable action) {
        try {
            return connections.isStopping() ? null : timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            return null;
        }
    }

    /** Whether a session of this id is on its way here. */
    boolean isComing(String id) {
        Session known = byId.get(id);
        return known != null && !known.isComplete();
    }

    void forget(Session session) {
        byId.remove(session.owner().id(), session);
    }

    /** A leave of a session that has ended failed: a store that is away gets it again later. */
    void notAbandoned(Session session, GroupId group, Throwable failure) {
        if (isGone(failure)) {
            return;
        }
        ErrorCode code = failure instanceof GroupException expected ? expected.code() : ErrorCode.INTERNAL;
        boolean again = (code.retryable() && code != ErrorCode.FENCED) || code == ErrorCode.INTERNAL;
        GroupReplica replica = again ? replicas.ifOpen(group) : null;
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
}

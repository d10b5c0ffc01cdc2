package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.ReplayLast;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.core.group.GroupReplica;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Rate;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.SerialQueue;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One actor on one connection at a time, holding joins in any number of groups. The joins outlive a connection by the
 * grace; a client that presents the resume token in that time continues with them. Thread-safe.
 *
 * <p>One file, as every change of a session depends on whether it is live, moves or ends.
 */
public final class Session implements LocalSession {
    /** Updates of metadata that a session may make a second: others see each of them. */
    private static final int UPDATES_A_SECOND = 20;

    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private final Home home;
    private final Namespace namespace;
    private final ActorId actor;
    private final String resumeToken;
    private final Owner.Session owner;

    /** Groups it has a join in: changed by the groups' readings, in the order of their logs. */
    private final Map<GroupId, Seat> seats = new ConcurrentHashMap<>(2);

    /** The last change under way of each group: the next one waits for it. */
    private final Map<GroupId, CompletableFuture<Void>> changing = new ConcurrentHashMap<>(2);

    private final SerialQueue turns = new SerialQueue();

    /** Groups with a join under way: one at a time, as they are made in order. */
    private final Set<GroupId> joining = ConcurrentHashMap.newKeySet(2);

    private @Nullable Connection connection;
    private @Nullable Future<?> graceEnd;

    /** Changed under this session's lock. */
    private volatile State state = State.COMING;

    /** The same session under a later claim on this node; null: there is none. */
    private volatile @Nullable Session successor;

    private volatile @Nullable GroupException evicted;

    /** Of its metadata; null until the first. Under this session's lock. */
    private @Nullable Rate updates;

    private enum State {
        /** Not served yet: its joins are being taken over, or it has just begun. */
        COMING,
        /** Served, on a connection or waiting for the next in its grace. */
        HERE,
        /** Not served here any more. Its joins may be another node's: this node ends none before that is known. */
        LEFT,
        /** Its joins are ended, also those that are still under way. */
        OVER;

        boolean isEnded() {
            return this == LEFT || this == OVER;
        }
    }

    Session(Home home, Namespace namespace, ActorId actor, String resumeToken, Owner.Session owner) {
        this.home = home;
        this.namespace = namespace;
        this.actor = actor;
        this.resumeToken = resumeToken;
        this.owner = owner;
    }

    public Namespace namespace() {
        return namespace;
    }

    @Override
    public ActorId actor() {
        return actor;
    }

    @Override
    public Owner.Session owner() {
        return owner;
    }

    @Override
    public String resumeToken() {
        return resumeToken;
    }

    public List<GroupId> groups() {
        return seats.keySet().stream().sorted().toList();
    }

    /**
     * What a join asks for.
     *
     * @param after last position the client saw; null: only new messages
     * @param last retained messages to send first; null: none
     * @param snapshot send the members with the first event
     * @param policy null: the group's, or else the server's
     * @param only the connection is for this group alone: the first event carries the resume token, and when the join
     *     ends the connection ends too
     * @param metadata of the session's joins in the group from now on; none: as before
     * @param presence what it sees of the members from now on
     * @param missing null: GROUP_NOT_FOUND when there is no such group
     */
    public record Wish(
            GroupId group,
            TopicFilter filter,
            @Nullable Position after,
            @Nullable ReplayLast last,
            boolean snapshot,
            @Nullable OverflowPolicy policy,
            boolean only,
            JoinMetadata metadata,
            Presence presence,
            @Nullable Missing missing) {}

    /** As the other. */
    public Uni<Groups.JoinResult> join(
            Connection by,
            GroupId group,
            TopicFilter filter,
            @Nullable Position after,
            boolean snapshot,
            @Nullable OverflowPolicy policy,
            boolean only) {
        return join(
                by,
                new Wish(group, filter, after, null, snapshot, policy, only, JoinMetadata.NONE, Presence.NONE, null));
    }

    /**
     * Joins a group and receives its messages on the session's connection: first an {@code Event.Subscribed}. For a
     * group in which a resumed session still has a join and does not receive yet: it receives again, with no further
     * join and with the topics it has. For a group it receives already: one more join.
     *
     * @param by the connection that asks: SESSION_REPLACED when another connection has the session meanwhile
     */
    public Uni<Groups.JoinResult> join(Connection by, Wish wish) {
        GroupId group = wish.group();
        if (live() == null) {
            return Uni.createFrom().failure(ended());
        }
        OverflowPolicy policy = wish.policy();
        OverflowPolicy assumed = policy == null ? home.settings().overflow() : policy;
        boolean seesMembers = wish.presence() == Presence.MEMBERS;
        Subscriber subscriber = new Subscriber(by, group, actor, assumed, seesMembers);
        Subscription subscription = new Subscription(
                this, subscriber, wish.after(), wish.last(), wish.snapshot(), policy, wish.only(), wish.presence());
        return inOrder(group, () -> {
            Connection on = live();
            if (on != null && on != by) {
                return Uni.createFrom().failure(GroupException.sessionReplaced());
            }
            Seat seat = seats.get(group);
            return seat != null && seat.connection() != by ? resume(wish, subscription) : joinAnew(wish, subscription);
        });
    }

    private Uni<Groups.JoinResult> resume(Wish wish, Subscription subscription) {
        GroupId group = wish.group();
        Uni<Groups.JoinResult> resumed = home.replicas().with(group, replica -> replica.resume(subscription));
        Uni<Groups.JoinResult> said = wish.metadata().isEmpty()
                ? resumed
                : home.groups()
                        .update(new Groups.UpdateRequest(group, actor, null, this, wish.metadata()))
                        .chain(() -> resumed);
        return said.onFailure(failure -> isGone(failure)
                        || (wish.missing() != null && GroupException.is(failure, ErrorCode.GROUP_NOT_FOUND)))
                .recoverWithUni(() -> joinAnew(wish, subscription));
    }

    private Uni<Groups.JoinResult> joinAnew(Wish wish, Subscription subscription) {
        GroupId group = wish.group();
        int limit = home.settings().groupsPerSession();
        joining.add(group);
        if (!seats.containsKey(group) && isBeyond(limit)) {
            joining.remove(group);
            return Uni.createFrom().failure(GroupException.limit("groups-per-session", limit));
        }
        return home.groups()
                .join(new Groups.JoinRequest(
                        group,
                        List.of(actor),
                        wish.filter(),
                        null,
                        null,
                        subscription,
                        wish.metadata(),
                        wish.missing()))
                .onTermination()
                .invoke(() -> joined(group));
    }

    /** A join may have its seat before it has its answer: such a group counts once. */
    private boolean isBeyond(int limit) {
        if (joining.size() + seats.size() <= limit) {
            return false;
        }
        // In this order: a group is among the seats before its join is over.
        Set<GroupId> all = new HashSet<>(joining);
        all.addAll(seats.keySet());
        return all.size() > limit;
    }

    /** Drops one join of this session, or all of them. GROUP_NOT_FOUND; NOT_A_MEMBER when it has none. */
    public Uni<Groups.LeaveResult> leave(GroupId group, boolean all) {
        Groups.LeaveRequest request = new Groups.LeaveRequest(group, actor, all, null, this, LeaveReason.LEFT);
        return inOrder(group, () -> home.groups()
                .leave(request)
                .onFailure(failure -> isGone(failure) && lostIn(group) != null)
                .recoverWithUni(() -> afterRecovery(group, () -> home.groups().leave(request))));
    }

    /**
     * Replaces the metadata of this session's joins. GROUP_NOT_FOUND; NOT_A_MEMBER when it has none; LIMIT_EXCEEDED;
     * QUOTA_EXCEEDED for more than {@value #UPDATES_A_SECOND} a second.
     */
    public Uni<Groups.UpdateResult> update(GroupId group, JoinMetadata metadata) {
        long wait = updates().take(1);
        if (wait > 0) {
            GroupException refused = GroupException.quota("session.updates", UPDATES_A_SECOND, Duration.ofNanos(wait));
            return Uni.createFrom().failure(refused);
        }
        Groups.UpdateRequest request = new Groups.UpdateRequest(group, actor, null, this, metadata);
        return inOrder(group, () -> home.groups()
                .update(request)
                .onFailure(failure -> isGone(failure) && lostIn(group) != null)
                .recoverWithUni(() -> afterRecovery(group, () -> home.groups().update(request))));
    }

    private synchronized Rate updates() {
        Rate known = updates;
        if (known == null) {
            known = new Rate(UPDATES_A_SECOND, System::nanoTime);
            updates = known;
        }
        return known;
    }

    @Override
    public Uni<Void> restored(GroupId group) {
        return inOrder(group, () -> Uni.createFrom().voidItem());
    }

    /** A change of joins that the store has lost waits until they are made again. */
    private <T> Uni<T> afterRecovery(GroupId group, Supplier<Uni<T>> change) {
        Seat.Repair lost = lostIn(group);
        return lost == null ? change.get() : lost.restored().chain(() -> change.get());
    }

    private Seat.@Nullable Repair lostIn(GroupId group) {
        Seat seat = seats.get(group);
        return seat == null ? null : seat.repair();
    }

    @Override
    public synchronized boolean isOver() {
        return state == State.OVER;
    }

    @Override
    public synchronized boolean isDropped() {
        return state == State.LEFT;
    }

    /**
     * Joins and leaves of one group happen in the order of the requests, even when the client does not wait for the
     * answers.
     */
    private <T> Uni<T> inOrder(GroupId group, Supplier<Uni<T>> change) {
        return Uni.createFrom().deferred(() -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            CompletableFuture<Void> before = changing.put(group, done);
            Uni<T> changed = Uni.createFrom().deferred(() -> afterRecovery(group, change));
            Uni<T> inTurn = before == null
                    ? changed
                    : Uni.createFrom().completionStage(before).chain(() -> changed);
            return inTurn.onTermination().invoke(() -> {
                changing.remove(group, done);
                // One after the other rather than one inside the other: many may wait.
                turns.execute(() -> done.complete(null));
            });
        });
    }

    @Override
    public void seated(GroupId group, Seat seat) {
        seats.put(group, seat);
    }

    @Override
    public void ended(GroupId group, Seat seat, @Nullable Subscription subscription, @Nullable GroupException cause) {
        seats.remove(group, seat);
        if (subscription != null && subscription.only()) {
            subscription.connection().finish(cause);
        }
    }

    @Override
    public void moved(GroupId group, Seat seat) {
        seats.remove(group, seat);
        replaced();
    }

    /** Another connection has the session, and its joins are being moved there. */
    void replaced() {
        Connection left = end(() -> home.graces().afterTakeover(this::endRest));
        if (left != null) {
            left.cut(GroupException.sessionReplaced());
        }
    }

    /** The same, and that connection is on this node. */
    void replacedBy(Session next) {
        successor = next;
        replaced();
    }

    /** Ends here without leaving: its joins are no longer this node's to end. */
    void drop() {
        end(() -> {});
    }

    /**
     * This node must still end the joins that were not moved in time, unless the client is resuming the session here,
     * and may get them yet.
     */
    private void endRest() {
        if (home.known().isComing(owner.id())) {
            home.graces().afterTakeover(this::endRest);
            return;
        }
        overNow();
        leaveAll(LeaveReason.DISCONNECTED);
    }

    /**
     * Ends it here.
     *
     * @param then done unless it was over
     * @return null: it was over, or without a connection
     */
    private @Nullable Connection end(Runnable then) {
        Connection last;
        synchronized (this) {
            if (state.isEnded()) {
                return null;
            }
            state = State.LEFT;
            cancelGrace();
            last = connection;
        }
        home.known().forget(this);
        then.run();
        return last;
    }

    private void cancelGrace() {
        if (graceEnd != null) {
            graceEnd.cancel(false);
            graceEnd = null;
        }
    }

    boolean holds(GroupId group) {
        return seats.containsKey(group);
    }

    @Override
    public boolean isComing() {
        Session next = successor;
        return next != null ? next.isComing() : state == State.COMING;
    }

    /** Whether all of its joins are here. */
    boolean isComplete() {
        return state != State.COMING;
    }

    synchronized void complete() {
        if (state == State.COMING) {
            state = State.HERE;
        }
    }

    /** Begins the grace, if no connection has come for it. */
    void awaitConnection() {
        synchronized (this) {
            if (connection != null || state.isEnded() || graceEnd != null) {
                return;
            }
            graceEnd = home.graces().afterGrace(() -> endIfAway(LeaveReason.DISCONNECTED));
        }
        home.graces().afterMoment(this::noteReach);
    }

    /** Goes on with a new connection; false when the session is over. */
    boolean takeOver(Connection next) {
        Connection before;
        synchronized (this) {
            if (state.isEnded()) {
                return false;
            }
            before = connection;
            connection = next;
            cancelGrace();
        }
        // First: if a later step fails, the session still ends with its connection.
        next.onEnd(cause -> lost(next, cause));
        if (before != null) {
            before.cut(GroupException.sessionReplaced());
            silence(before);
        }
        if (!seats.isEmpty()) {
            home.graces().afterMoment(this::noteReach);
        }
        if (next.isClosed()) {
            lost(next, null);
        }
        return true;
    }

    private void lost(Connection which, @Nullable GroupException cause) {
        boolean evicted = cause != null && cause.code() == ErrorCode.SLOW_CONSUMER;
        LeaveReason reason = evicted ? LeaveReason.EVICTED : LeaveReason.DISCONNECTED;
        try {
            silence(which);
        } catch (RuntimeException | Error failure) {
            // Sending to a connection that has ended has no effect; its grace must begin all the same.
            LOG.log(System.Logger.Level.ERROR, "a lost connection could not be silenced", failure);
        }
        synchronized (this) {
            if (connection != which || state.isEnded()) {
                return;
            }
            connection = null;
            if (!seats.isEmpty() || !joining.isEmpty()) {
                graceEnd = home.graces().afterGrace(() -> endIfAway(reason));
                home.graces().afterMoment(this::noteReach);
                return;
            }
        }
        endIfAway(reason);
    }

    /** A moment after its connection has changed: notes in the log in which groups it receives. */
    private void noteReach() {
        for (GroupId group : seats.keySet()) {
            GroupReplica replica = home.replicas().ifOpen(group);
            if (replica != null) {
                replica.look(this);
            }
        }
    }

    private void endIfAway(LeaveReason reason) {
        boolean several = seats.size() + joining.size() > 1;
        synchronized (this) {
            if (connection != null || state.isEnded()) {
                return;
            }
            state = several ? State.LEFT : State.OVER;
        }
        endHere(several, reason);
    }

    /** Its actor was evicted from the whole tenant. */
    void evict() {
        evict(GroupException.evictedEverywhere(namespace.tenant(), actor));
    }

    /** Ends it and its joins, without a grace. */
    void evict(GroupException cause) {
        boolean several = seats.size() + joining.size() > 1;
        Connection last;
        synchronized (this) {
            if (state.isEnded()) {
                return;
            }
            evicted = cause;
            state = several ? State.LEFT : State.OVER;
            cancelGrace();
            last = connection;
        }
        try {
            if (last != null) {
                last.cut(cause);
            }
        } finally {
            endHere(several, LeaveReason.EVICTED);
        }
    }

    /** Why its actor was evicted, and the session with it; null: it was not. */
    @Nullable
    GroupException evicted() {
        return evicted;
    }

    private void endHere(boolean several, LeaveReason reason) {
        home.known().forget(this);
        if (several) {
            endWhole(reason);
        } else {
            leaveAll(reason);
        }
    }

    /** A client that resumes now gets all of its joins, or none. */
    private void endWhole(LeaveReason reason) {
        home.groups().end(this).onFailure().recoverWithItem(true).subscribe().with(ended -> {
            if (ended) {
                overNow();
                leaveAll(reason);
            } else {
                home.graces().afterTakeover(this::endRest);
            }
        });
    }

    private synchronized void overNow() {
        state = State.OVER;
    }

    private void leaveAll(LeaveReason reason) {
        seats.keySet().forEach(group -> abandon(group, reason));
    }

    private void silence(Connection which) {
        for (GroupId group : seats.keySet()) {
            GroupReplica replica = home.replicas().ifOpen(group);
            if (replica != null) {
                replica.disconnect(this, which);
            }
        }
    }

    /** A join that was under way when the session ended must not stay; one that failed may have been made, too. */
    private void joined(GroupId group) {
        joining.remove(group);
        synchronized (this) {
            if (!state.isEnded()) {
                return;
            }
        }
        abandon(group, LeaveReason.DISCONNECTED);
    }

    private void abandon(GroupId group, LeaveReason reason) {
        Uni.createFrom()
                .deferred(() -> home.groups().leave(new Groups.LeaveRequest(group, actor, true, null, this, reason)))
                .subscribe()
                .with(left -> {}, failure -> notAbandoned(group, failure));
    }

    /**
     * Ends its joins but for those that are still allowed; others see that they were EVICTED.
     *
     * @param allowed is given the topics of the join; null: they are not known on this node
     * @param maySee whether the members of a group may be seen
     */
    public void keepOnly(BiPredicate<GroupId, @Nullable TopicFilter> allowed, Predicate<GroupId> maySee) {
        for (Map.Entry<GroupId, Seat> entry : seats.entrySet()) {
            GroupId group = entry.getKey();
            Subscription subscription = entry.getValue().subscription();
            boolean sees = subscription != null && subscription.presence() != Presence.NONE;
            GroupReplica replica = home.replicas().ifOpen(group);
            Member member = replica == null ? null : replica.members().get(actor);
            TopicFilter topics = member == null ? null : member.membership().filter();
            if (!allowed.test(group, topics) || (sees && !maySee.test(group))) {
                abandon(group, LeaveReason.EVICTED);
            }
        }
    }

    boolean isConnected() {
        return live() != null;
    }

    private synchronized @Nullable Connection live() {
        return state.isEnded() ? null : connection;
    }

    /** A leave of this session, which has ended, failed: while the store is away, it is tried again later. */
    private void notAbandoned(GroupId group, Throwable failure) {
        if (GroupException.is(failure, ErrorCode.NOT_A_MEMBER, ErrorCode.GROUP_NOT_FOUND)) {
            return;
        }
        ErrorCode code = failure instanceof GroupException expected ? expected.code() : ErrorCode.INTERNAL;
        boolean again = (code.retryable() && code != ErrorCode.FENCED) || code == ErrorCode.INTERNAL;
        GroupReplica replica = again ? home.replicas().ifOpen(group) : null;
        if (replica != null) {
            replica.abandoned(this);
        } else {
            LOG.log(System.Logger.Level.WARNING, "join of {0} in {1} stays: {2}", actor.value(), group.name(), failure);
        }
    }

    private static boolean isGone(Throwable failure) {
        return GroupException.is(failure, ErrorCode.NOT_A_MEMBER);
    }

    private static GroupException ended() {
        return GroupException.of(ErrorCode.FAILED_PRECONDITION, "the session has no connection");
    }
}

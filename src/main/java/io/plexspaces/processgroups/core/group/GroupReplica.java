package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.asks.GroupAsks;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.core.joins.CatchUp;
import io.plexspaces.processgroups.core.joins.JoinRepairer;
import io.plexspaces.processgroups.core.joins.JoinRepairs;
import io.plexspaces.processgroups.core.joins.MemberEvents;
import io.plexspaces.processgroups.core.joins.PendingJoin;
import io.plexspaces.processgroups.core.joins.ReachNotes;
import io.plexspaces.processgroups.core.joins.Reaching;
import io.plexspaces.processgroups.core.joins.Seats;
import io.plexspaces.processgroups.core.members.AnswerBounds;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.publish.GroupPublishes;
import io.plexspaces.processgroups.core.publish.PendingPublish;
import io.plexspaces.processgroups.core.publish.PendingPublishes;
import io.plexspaces.processgroups.core.publish.Repeats;
import io.plexspaces.processgroups.core.replica.AppliedPosition;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.core.replica.ReplicaUse;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.function.Consumer;

/**
 * This node's live reading of one group: who is a member, who of them is connected here, and who wants what. Everything
 * that changes happens in one serial queue, in the order of the log; so a delivery, an answer and a watch event at the
 * same offset agree. Members may be read by any thread.
 *
 * <p>{@link LogFollower} applies what the log says; this type does what this node's callers ask. It ends with the
 * group, but stays open when the store loses the log and the group begins again under a new epoch.
 *
 * <p>One file, as it is where all rooms of one group meet.
 */
public final class GroupReplica implements GroupReader {
    private final GroupId group;
    private final ReplicaState state;
    private final AppliedPosition applied;
    private final ReplicaUse use;
    private final Members members;
    private final GroupPublishes publishes;
    private final GroupAsks asks;
    private final Reaching reaching;
    private final LogFollower follower;

    /**
     * @param tracer notified of each message that is read
     * @param publishing publishes of this node that wait for their entries, of any group
     * @param onLost called in the serial queue when the replica is not reliable until the log is opened again
     */
    GroupReplica(
            GroupId group,
            Settings settings,
            DeliveryTracer tracer,
            CatchUp catchUp,
            Map<OperationId, PendingPublish> publishing,
            Repeats repeats,
            JoinRepairer repairer,
            ReachNotes notes,
            Asks asks,
            Consumer<GroupException> onLost) {
        this.group = group;
        this.state = new ReplicaState(group);
        this.applied = state.applied();
        this.use = state.use();
        this.members = new Members(settings.node());
        PendingPublishes answers = new PendingPublishes(
                publishing,
                settings.node(),
                new AnswerBounds(settings.recipientIds(), settings.nodeLabels()),
                (entry, answer) -> repeats.keep(group, entry.message().idempotencyKey(), answer));
        this.publishes = new GroupPublishes(state, members, repeats, answers);
        this.asks = new GroupAsks(state, members, asks);
        this.reaching = new Reaching(state, members, notes);
        Seats seats = new Seats(group, applied, members, use, settings, catchUp, reaching);
        JoinRepairs repairs = new JoinRepairs(state, settings.node(), members, seats, repairer);
        this.follower = new LogFollower(
                state, settings.node(), tracer, members, seats, answers, publishes, this.asks, repairs, onLost);
    }

    /** Where its reading stands. */
    public ReplicaState state() {
        return state;
    }

    public GroupPublishes publishes() {
        return publishes;
    }

    GroupAsks asks() {
        return asks;
    }

    public GroupId group() {
        return group;
    }

    /** As the group was created; known once the replica is open. */
    GroupInfo info() {
        return applied.info();
    }

    public String epoch() {
        return applied.epoch();
    }

    public Members members() {
        return members;
    }

    ReplicaUse use() {
        return use;
    }

    public Position position() {
        return applied.position();
    }

    /** How often this replica was resynchronised. */
    int jumps() {
        return applied.jumps();
    }

    @Override
    public void snapshot(Snapshot snapshot) {
        state.execute(() -> follower.snapshot(snapshot));
    }

    @Override
    public void goesOn(GroupInfo renamed) {
        state.execute(() -> follower.goesOn(renamed));
    }

    @Override
    public void entry(Entry entry) {
        state.execute(() -> follower.entry(entry));
    }

    @Override
    public void failed(GroupException cause) {
        state.execute(() -> follower.lose(cause));
    }

    /** Whether the log was read at some time. */
    boolean isOpen() {
        return applied.isOpen();
    }

    /** The log should be opened again, but the group is not there any more. */
    void gone() {
        state.execute(() -> {
            if (!use.isClosed()) {
                follower.deleted();
            }
        });
    }

    /** To be called before the append of a join: its session receives from the offset of that entry on. */
    void expectJoined(OperationId operation, Subscription subscription, TopicFilter filter, JoinMetadata metadata) {
        follower.joins().expect(operation, subscription, filter, metadata);
    }

    /** To be called before the append of a takeover: its session has a seat from that entry on. */
    void expectArrived(OperationId operation, LocalSession session) {
        follower.takeovers().expect(operation, session);
    }

    /**
     * The append of a takeover was accepted: completes when its session has its seat, unless the log has lost the joins
     * since. EPOCH_CHANGED when the group is gone, STORE_UNAVAILABLE when the log delivers nothing for too long.
     */
    Uni<Void> arrived(OperationId operation, Position position) {
        return state.reached(position)
                .chain(() -> state.inOrder(() -> {
                    if (use.isClosed()) {
                        throw ReplicaState.stale(group);
                    }
                    if (!applied.isPast(position)) {
                        follower.takeovers().doubt(operation);
                        throw state.away("its log is not read");
                    }
                    follower.takeovers().passed(operation);
                    return operation;
                }))
                .replaceWithVoid();
    }

    /** The append of a join or takeover failed, but the store may have made it, or may still do so. */
    void doubt(OperationId operation) {
        state.execute(() -> {
            follower.takeovers().doubt(operation);
            PendingJoin joining = follower.joins().forget(operation);
            if (joining != null) {
                follower.failed(joining);
            }
        });
    }

    /** The append failed, or did nothing: no entry will come. */
    void forget(OperationId operation) {
        follower.takeovers().forget(operation);
        follower.joins().forget(operation);
    }

    /**
     * The append of a join was accepted: completes as {@link #reached}, and sees that the session has its seat.
     * EPOCH_CHANGED when the group is gone.
     */
    Uni<Void> joined(OperationId operation, Position position) {
        if (!follower.joins().accepted(operation, position)) {
            return state.reached(position);
        }
        return state.reached(position)
                .chain(() -> state.inOrder(() -> {
                    follower.joins().answered(operation, use.isClosed());
                    return operation;
                }))
                .replaceWithVoid();
    }

    /** The leave of a session was accepted: it stays valid when the store loses that epoch of the log. */
    Uni<Void> left(LocalSession session, Appended done) {
        return done.position().epoch().equals(epoch())
                ? Uni.createFrom().voidItem()
                : state.inOrder(() -> {
                            follower.repairs().less(session, joins(done, session));
                            return session;
                        })
                        .replaceWithVoid();
    }

    /**
     * An update of the joins of a session was accepted, and its entry read: it stays valid when the store loses that
     * epoch of the log, or when joins of before are being made again.
     */
    Uni<Void> updated(LocalSession session, JoinMetadata metadata) {
        Member member = members.get(session.actor());
        return member != null && member.membership().metadata(session.owner()).equals(metadata)
                ? Uni.createFrom().voidItem()
                : state.inOrder(() -> {
                            follower.repairs().says(session, metadata);
                            return session;
                        })
                        .replaceWithVoid();
    }

    private static int joins(Appended done, LocalSession session) {
        Membership membership = done.membership();
        return membership == null ? 0 : membership.joins(session.owner());
    }

    /**
     * A session has ended, but the store could not record it: its joins here are removed as soon as the store answers.
     */
    public void abandoned(LocalSession session) {
        state.execute(() -> follower.repairs().over(session));
    }

    /** Lets a session that holds a join here receive again; NOT_A_MEMBER when it does not. */
    public Uni<Groups.JoinResult> resume(Subscription subscription) {
        return state.inOrder(() -> follower.resume(subscription));
    }

    /** Notes in the log whether a session of this node receives, if the log has it wrong. */
    public void look(LocalSession session) {
        state.execute(() -> {
            Member member = members.get(session.actor());
            Seat seat = member == null ? null : member.seatOf(session);
            if (seat != null) {
                reaching.look(seat);
            }
        });
    }

    /** A connection of a session is gone; its join stays. */
    public void disconnect(LocalSession session, Connection connection) {
        state.execute(() -> follower.disconnect(session, connection));
    }

    /**
     * Sends the members to a watch, then every change.
     *
     * @param created begin with the group's creation
     * @param onEnd called when the group is gone, after its last event
     */
    public Uni<Void> watch(Subscriber subscriber, boolean created, Consumer<GroupException> onEnd) {
        return state.inOrder(() -> {
                    if (!use.enter()) {
                        throw ReplicaState.stale(group);
                    }
                    GroupInfo announced = created ? info() : null;
                    follower.watches()
                            .add(
                                    subscriber,
                                    MemberEvents.welcome(announced, group, position(), members.snapshot()),
                                    onEnd);
                    return subscriber;
                })
                .replaceWithVoid();
    }

    public void unwatch(Subscriber subscriber) {
        state.execute(() -> {
            if (follower.watches().remove(subscriber)) {
                use.exit();
            }
        });
    }

    /** A lease renewal seen by this node. */
    void renewed(Membership membership) {
        state.execute(() -> {
            Member member = members.get(membership.actor());
            if (member != null && member.membership().joinedOffset() == membership.joinedOffset()) {
                members.heartbeat(member, membership.lastHeartbeat());
            }
        });
    }

    /** To be called regularly: ends waits that last too long, and tries failed join repairs again. */
    void tick() {
        if (state.waiters().isUsed()
                || publishes.hasRetries()
                || !follower.repairs().isEmpty()
                || follower.takeovers().hasDoubts()
                || follower.counts().isUsed()
                || !reaching.isSettled()) {
            state.execute(() -> {
                follower.takeovers().tick();
                state.waiters().tick();
                publishes.tick();
                follower.repairs().again();
                reaching.again();
                follower.counts().tick();
            });
        }
    }
}

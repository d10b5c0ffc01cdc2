package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.smallrye.mutiny.Uni;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Repair of the joins of this node's sessions in one group: joins that the store has lost are made again, and joins
 * that no session wants are removed. Part of the group's reading, and as little thread-safe as that.
 *
 * <p>A store may restart from an older state, or without any data. Then the group goes on under a new epoch
 * ({@code GroupReading}), and its members may lack joins of sessions that are still connected here, or have joins that
 * had ended. A repair compares, for one session, the joins that it should have with those that the replica has read,
 * and writes the difference until there is none. Meanwhile the session keeps its seat, and other changes of the session
 * in this group wait ({@code Session}). {@link JoinRepairer} runs the repairs of all groups, a limited number at a
 * time.
 *
 * <p>One repair of one session:
 *
 * <pre>{@code
 *   new epoch: joins are missing (keep), or                  snapshot or entry: joins that no session here
 *   a join of the old epoch was accepted (more)              knows (endForgotten), or a session has ended (over)
 *                |                                                              |
 *                v                                                              v
 *   +---------------------------+    the session has ended    +---------------------------+
 *   | RESTORE: append joins and | --------------------------> | REMOVE: append leaves     |
 *   | leaves up to "wanted"     |                             | until the owner has none  |
 *   +---------------------------+                             +---------------------------+
 *      |     ^              |   |                               |     ^              |
 *      |     | tick, after   |   | as many joins as wanted,     |     | tick, after   | none left
 *      |     | a failure     |   | and the filter is covered    |     | a failure     |
 *      +-----+              |   v                               +-----+              v
 *                           |  RESTORED                                            DONE
 *        LIMIT_EXCEEDED,    |
 *        BANNED, FENCED     v
 *                        GIVEN UP: the session's seat ends
 * }</pre>
 *
 * <p>The first join that is read makes the session a member again ({@link #arrived}): its client receives
 * {@code subscribed}, a gap, and live messages. A session that joins while joins of its owner are being removed keeps
 * the new join ({@link #seated}). A seat that moves to another node or ends, and a node that loses its lease, end the
 * repair ({@link #drop}): those joins are no longer this node's. An actor that is evicted ends those of its sessions
 * ({@link #evicted}); a join that a repair had asked for just before is then one that no session here knows.
 *
 * <p>One file, as each repair looks at what the others have noted of the same seat.
 */
public final class JoinRepairs {
    /** Joins of one owner made in one go. */
    private static final int AT_ONCE = 100;

    private final ReplicaState state;
    private final NodeId self;
    private final Members members;
    private final Seats seats;
    private final JoinRepairer repairer;

    /** Concurrent for {@link #isEmpty} alone. */
    private final Map<Owner.Session, JoinRepair> byOwner = new ConcurrentHashMap<>(2);

    public JoinRepairs(ReplicaState state, NodeId self, Members members, Seats seats, JoinRepairer repairer) {
        this.state = state;
        this.self = self;
        this.members = members;
        this.seats = seats;
        this.repairer = repairer;
    }

    /** Any thread. */
    public boolean isEmpty() {
        return byOwner.isEmpty();
    }

    /** Before the members of a new epoch replace the present ones: a session that is not among them keeps its seat. */
    public void keep(Map<ActorId, Membership> present) {
        for (Member member : members.withSeats()) {
            for (Seat seat : List.copyOf(member.seats())) {
                JoinRepair kept = lostOf(member, seat);
                Membership after = present.get(kept.actor());
                int held = joins(after, kept.owner());
                if (held == 0) {
                    seats.detach(member, seat);
                }
                if (after == null || held != kept.wanted() || !covers(after, kept.filter()) || !says(after, kept)) {
                    note(kept);
                }
            }
        }
    }

    /** The joins that the store had for a seat, or should have. */
    private JoinRepair lostOf(Member member, Seat seat) {
        JoinRepair known = of(seat);
        Membership had = member.membership();
        Owner.Session owner = seat.session().owner();
        return known != null
                ? known
                : new JoinRepair(this, had.actor(), owner, seat, had.filter(), had.metadata(owner), joins(had, owner));
    }

    private @Nullable JoinRepair of(Seat seat) {
        JoinRepair known = byOwner.get(seat.session().owner());
        return known != null && known.seat() == seat ? known : null;
    }

    private void note(JoinRepair noted) {
        Seat seat = noted.seat();
        if (seat != null) {
            seat.repair(noted);
        }
        byOwner.put(noted.owner(), noted);
    }

    /** After the members were replaced: joins that were lost earlier may be there again. */
    public void attachFound() {
        for (JoinRepair one : byOwner.values()) {
            Member member = members.get(one.actor());
            if (member != null && member.membership().heldBy(one.owner())) {
                attach(member, one);
            }
        }
    }

    /**
     * Members from a snapshot, of this epoch or a new one, may hold joins that no session here knows of.
     *
     * @param expected whether a join or takeover in the name of this owner is under way
     */
    public void endForgotten(Map<ActorId, Membership> present, Predicate<Owner.Session> expected) {
        for (Membership membership : present.values()) {
            for (Membership.Holding held : membership.holdings()) {
                if (held.owner() instanceof Owner.Session owner) {
                    endForgotten(membership, owner, expected);
                }
            }
        }
    }

    /**
     * Removes joins whose session has ended, or has received an error for them: nothing else would end them. An append
     * may succeed although its answer was lost.
     */
    public void endForgotten(Membership membership, Owner.Session owner, Predicate<Owner.Session> expected) {
        if (owner.node().equals(self)
                && owner.incarnation() == repairer.incarnation()
                && !byOwner.containsKey(owner)
                && !seats.isSeated(membership.actor(), owner.id())
                && !expected.test(owner)) {
            begin(new JoinRepair(this, membership.actor(), owner, null, membership.filter(), JoinMetadata.NONE, 0));
        }
    }

    private void begin(JoinRepair noted) {
        note(noted);
        repairer.add(noted);
    }

    /**
     * A session has got its seat, while older joins of its owner may be being removed: the join that it asked for
     * stays.
     */
    void seated(Member member, Seat seat) {
        Owner.Session owner = seat.session().owner();
        JoinRepair known = byOwner.get(owner);
        if (known != null && known.seat() == null) {
            Membership had = member.membership();
            begin(new JoinRepair(this, known.actor(), owner, seat, had.filter(), had.metadata(owner), 1));
        }
    }

    /** A join that was accepted in an epoch that is over: its session gets one more join in this one. */
    void more(PendingJoin joining) {
        Subscription subscription = joining.subscription();
        if (subscription.session().isDropped()) {
            return;
        }
        ActorId actor = subscription.session().actor();
        Owner.Session owner = joining.owner();
        Member member = members.get(actor);
        Seat seat = member == null ? null : member.seatOf(subscription.session());
        JoinRepair known = byOwner.get(owner);
        if (known != null && known.seat() != null) {
            known.more(joining);
        } else if (member != null && seat != null) {
            JoinRepair noted = lostOf(member, seat);
            noted.more(joining);
            note(noted);
        } else {
            Seat made = seats.make(subscription);
            made.subscription(subscription);
            JoinRepair noted = new JoinRepair(this, actor, owner, made, joining.filter(), joining.metadata(), 1);
            note(noted);
            if (member != null && member.membership().heldBy(owner)) {
                attach(member, noted);
            }
        }
    }

    /** A leave that was accepted in an epoch that is over; it left this many joins. */
    public void less(LocalSession session, int left) {
        JoinRepair known = byOwner.get(session.owner());
        if (known != null) {
            known.wanted(Math.min(left, known.wanted()));
        }
    }

    /** An update that was accepted in an epoch that is over, or that a repair has undone. */
    public void says(LocalSession session, JoinMetadata metadata) {
        JoinRepair known = byOwner.get(session.owner());
        Member member = members.get(session.actor());
        Seat seat = member == null ? null : member.seatOf(session);
        if (known != null) {
            known.says(metadata);
        } else if (member != null && seat != null) {
            JoinRepair noted = lostOf(member, seat);
            noted.says(metadata);
            begin(noted);
        }
    }

    /** A session has ended without its leave being written. */
    public void over(LocalSession session) {
        Member member = members.get(session.actor());
        Seat seat = member == null ? null : member.seatOf(session);
        if (member != null && seat != null) {
            begin(lostOf(member, seat));
        }
    }

    /** Starts all repairs that are not done. */
    public void again() {
        byOwner.values().forEach(repairer::add);
    }

    /** A join was read: if it is one that was lost, its session is a member again. */
    public void arrived(Member member, Owner by, @Nullable PendingJoin asked) {
        JoinRepair known = by instanceof Owner.Session owner ? byOwner.get(owner) : null;
        if (known != null && known.seat() != null) {
            attach(member, known);
            if (asked != null) {
                known.more(asked);
            }
        }
    }

    private void attach(Member member, JoinRepair found) {
        Seat seat = found.seat();
        if (seat != null && member.seatOf(seat.session()) == null) {
            seats.attach(member, seat);
        }
    }

    /** A seat has ended, and so does its repair. */
    public void drop(Seat seat) {
        JoinRepair known = of(seat);
        if (known != null) {
            seat.repair(null);
            byOwner.remove(known.owner(), known);
        }
    }

    /**
     * An actor was evicted: its joins that were lost earlier are not made again. Ends the seats of its sessions that
     * are no members now; those of others have been ended.
     */
    public void evicted(ActorId actor, Event last, @Nullable GroupException cause) {
        for (JoinRepair one : List.copyOf(byOwner.values())) {
            if (one.seat() != null && one.actor().equals(actor)) {
                end(one, last, cause);
            }
        }
    }

    /** Ends the sessions that have a seat but no membership. */
    public void endAll(Event last, GroupException cause) {
        for (JoinRepair one : List.copyOf(byOwner.values())) {
            end(one, last, cause);
        }
    }

    private void end(JoinRepair one, Event last, @Nullable GroupException cause) {
        byOwner.remove(one.owner(), one);
        Seat seat = one.seat();
        if (seat == null) {
            return;
        }
        seat.repair(null);
        Member member = members.get(one.actor());
        if (member != null && member.seats().contains(seat)) {
            seats.end(member, seat, last, cause);
        } else {
            seats.endDetached(seat, last, cause);
        }
    }

    /** The seat of a session that is no member for now; null: it has none. */
    public @Nullable Seat seatOf(LocalSession session) {
        JoinRepair known = byOwner.get(session.owner());
        return known == null ? null : known.seat();
    }

    public void disconnect(LocalSession session, Connection connection) {
        Seat seat = seatOf(session);
        Subscription subscription = seat == null ? null : seat.subscription();
        if (seat != null && subscription != null && subscription.connection() == connection) {
            seat.subscription(null);
        }
    }

    private void giveUp(JoinRepair one, LeaveReason reason, @Nullable GroupException cause) {
        if (byOwner.get(one.owner()) == one) {
            end(one, new Event.Left(state.group(), state.applied().offset(), one.actor(), reason), cause);
        }
    }

    /**
     * What has to be written for one session.
     *
     * @param commands empty: everything is as it should be
     */
    record Missing(String epoch, List<Command> commands) {}

    /** Completes when the store has the joins of a session as they were; fails as a write does. Any thread. */
    Uni<Void> restored(JoinRepair one) {
        return repairer.restored(one);
    }

    ReplicaState state() {
        return state;
    }

    /** Any thread. */
    Uni<Missing> missing(JoinRepair one) {
        return state.inOrder(() -> present(one));
    }

    /** The store refuses the joins for good. Any thread. */
    void refused(JoinRepair one, LeaveReason reason, GroupException cause) {
        state.execute(() -> giveUp(one, reason, cause));
    }

    private Missing present(JoinRepair one) {
        if (one.isDropped()) {
            giveUp(one, LeaveReason.NODE_DOWN, null);
        }
        return new Missing(state.applied().epoch(), byOwner.get(one.owner()) == one ? commands(one) : List.of());
    }

    private List<Command> commands(JoinRepair one) {
        Member member = members.get(one.actor());
        Membership membership = member == null ? null : member.membership();
        int held = joins(membership, one.owner());
        int wanted = one.isOver() ? 0 : one.wanted();
        boolean covered = wanted == 0 || (membership != null && covers(membership, one.filter()));
        boolean says = wanted == 0 || (membership != null && says(membership, one));
        if (held == wanted && covered && says) {
            finish(one, wanted);
            return List.of();
        }
        if (held == wanted && covered) {
            return List.of(new Command.Update(one.actor(), one.owner(), one.metadata()));
        }
        if (held < wanted || !covered) {
            Command join =
                    new Command.Join(List.of(one.actor()), one.filter(), one.owner(), self, null, true, one.metadata());
            return Collections.nCopies(Math.max(1, Math.min(AT_ONCE, wanted - held)), join);
        }
        LeaveReason reason = wanted == 0 ? LeaveReason.DISCONNECTED : LeaveReason.LEFT;
        // A session without a seat may be about to join: that join stays.
        boolean all = wanted == 0 && one.seat() != null;
        Command leave = new Command.Leave(one.actor(), one.owner(), all, reason);
        return Collections.nCopies(all ? 1 : Math.min(AT_ONCE, held - wanted), leave);
    }

    private void finish(JoinRepair one, int wanted) {
        Seat seat = one.seat();
        if (wanted == 0 && seat != null) {
            LeaveReason reason = one.isOver() ? LeaveReason.DISCONNECTED : LeaveReason.LEFT;
            end(one, new Event.Left(state.group(), state.applied().offset(), one.actor(), reason), null);
            return;
        }
        byOwner.remove(one.owner(), one);
        if (seat != null) {
            seat.repair(null);
        }
    }

    private static int joins(@Nullable Membership membership, Owner owner) {
        return membership == null ? 0 : membership.joins(owner);
    }

    private static boolean says(Membership membership, JoinRepair one) {
        return membership.metadata(one.owner()).equals(one.metadata());
    }

    private static boolean covers(Membership membership, TopicFilter filter) {
        return membership.filter().union(filter).equals(membership.filter());
    }
}

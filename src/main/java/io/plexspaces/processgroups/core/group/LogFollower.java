package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.asks.GroupAsks;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.joins.JoinRepairs;
import io.plexspaces.processgroups.core.joins.MemberCounts;
import io.plexspaces.processgroups.core.joins.PendingJoin;
import io.plexspaces.processgroups.core.joins.PendingJoins;
import io.plexspaces.processgroups.core.joins.Seats;
import io.plexspaces.processgroups.core.joins.Takeovers;
import io.plexspaces.processgroups.core.members.Interest;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.members.Recipients;
import io.plexspaces.processgroups.core.publish.GroupPublishes;
import io.plexspaces.processgroups.core.publish.PendingPublishes;
import io.plexspaces.processgroups.core.replica.AppliedPosition;
import io.plexspaces.processgroups.core.replica.OffsetWaiters;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies what the log says of one group, and does what follows: deliveries, answers, watches. All in the group's
 * serial queue.
 *
 * <p>One file, as everything in it follows from one entry of the log, in this order.
 */
final class LogFollower {
    private static final System.Logger LOG = System.getLogger(LogFollower.class.getName());
    private static final int GAP_WEIGHT = 256;

    private final ReplicaState state;
    private final GroupId group;
    private final NodeId self;
    private final DeliveryTracer tracer;
    private final AppliedPosition applied;
    private final Members members;
    private final Seats seats;
    private final PendingPublishes answers;
    private final JoinRepairs repairs;
    private final GroupPublishes publishes;
    private final GroupAsks asks;
    private final Consumer<GroupException> onLost;
    private final GroupWatches watches = new GroupWatches();
    private final OffsetWaiters waiters;
    private final PendingJoins joins;
    private final Takeovers takeovers;

    /** An entry was applied by half, or the log is no longer read: everything is ignored until the next snapshot. */
    private boolean lost;

    LogFollower(
            ReplicaState state,
            NodeId self,
            DeliveryTracer tracer,
            Members members,
            Seats seats,
            PendingPublishes answers,
            GroupPublishes publishes,
            GroupAsks asks,
            JoinRepairs repairs,
            Consumer<GroupException> onLost) {
        this.state = state;
        this.group = state.group();
        this.self = self;
        this.tracer = tracer;
        this.applied = state.applied();
        this.waiters = state.waiters();
        this.members = members;
        this.seats = seats;
        this.answers = answers;
        this.repairs = repairs;
        this.publishes = publishes;
        this.asks = asks;
        this.onLost = onLost;
        this.joins = new PendingJoins(group, applied, members, seats, repairs);
        this.takeovers = new Takeovers(members, seats, repairs);
    }

    GroupWatches watches() {
        return watches;
    }

    JoinRepairs repairs() {
        return repairs;
    }

    PendingJoins joins() {
        return joins;
    }

    MemberCounts counts() {
        return seats.counts();
    }

    Takeovers takeovers() {
        return takeovers;
    }

    void entry(Entry entry) {
        if (lost) {
            return;
        }
        try {
            applied.reach(entry.offset());
            if (entry instanceof Entry.Published published) {
                published(published);
            } else if (entry instanceof Entry.Joined joined) {
                joined(joined);
            } else if (entry instanceof Entry.Left left) {
                left(left);
            } else if (entry instanceof Entry.Unreadable unreadable) {
                missed(unreadable);
            } else {
                deleted();
            }
        } catch (Throwable defect) {
            failed(defect);
            return;
        }
        waiters.release(applied.offset());
    }

    /**
     * The entry or snapshot may be applied by half: the log is opened again. An {@code Error}, such as out of memory,
     * is thrown on.
     */
    private void failed(Throwable defect) {
        lost = true;
        try {
            LOG.log(System.Logger.Level.ERROR, "an entry or snapshot of the log could not be applied", defect);
        } finally {
            lose(notFollowed());
        }
        if (defect instanceof Error error) {
            throw error;
        }
    }

    private static GroupException notFollowed() {
        return GroupException.of(ErrorCode.INTERNAL, "an event of the group could not be handled");
    }

    /**
     * Cuts every client of this replica, as each may have missed something; no client is served until the log is opened
     * again.
     */
    void lose(GroupException cause) {
        lost = true;
        try {
            onLost.accept(cause);
        } finally {
            seats.cut(cause);
            watches.cut(cause);
        }
    }

    /** A message that cannot be read; its recipients are not known. */
    private void missed(Entry.Unreadable entry) {
        Event.Gap gap =
                new Event.Gap(group, Event.Gap.Reason.UNREADABLE, 1, true, entry.offset() - 1, entry.offset() + 1);
        Frame frame = Frame.of(gap);
        for (Interest interest : members.wanting(null)) {
            interest.deliver(frame, GAP_WEIGHT, null);
        }
        answers.answerPassed(entry.operation(), applied);
    }

    private void published(Entry.Published entry) {
        DeliveryTracer.Delivering traced = tracer.begin(group, entry);
        deliver(entry, seats.frame(applied.position().epoch(), entry, traced));
        if (traced != null) {
            traced.allPosted();
        }
        Asker asker = entry.asker();
        if (asker != null) {
            asks.read(entry, asker);
        }
        answers.answer(entry, applied.position(), members);
    }

    private void deliver(Entry.Published entry, Frame frame) {
        int weight = entry.message().weight();
        ActorId except = entry.excludeSender() ? entry.message().sender() : null;
        if (entry.dispatch() instanceof Dispatch.To to) {
            Member member = members.get(to.actor());
            if (member != null) {
                seats.send(member, frame);
            }
        } else if (entry.dispatch() instanceof Dispatch.All || Recipients.isHere(entry.dispatch(), self)) {
            List<Interest> wanting = members.wanting(entry.topic());
            for (int i = 0; i < wanting.size(); i++) {
                wanting.get(i).deliver(frame, weight, except);
            }
        }
    }

    private void joined(Entry.Joined entry) {
        Membership membership = entry.membership();
        Member known = isSeen() ? members.get(membership.actor()) : null;
        Membership before = known == null ? null : known.membership();
        Member member = members.put(membership);
        if (isSeen()) {
            tellChange(entry, before);
        }
        if (!entry.first() && entry.by() instanceof Owner.Session by) {
            takeovers.read(member, by, entry.operation());
        }
        PendingJoin expected = joins.take(entry.operation());
        if (!repairs.isEmpty()) {
            repairs.arrived(member, entry.by(), expected);
        }
        if (expected != null) {
            joins.seat(member, expected.subscription());
        } else if (entry.by() instanceof Owner.Session by) {
            repairs.endForgotten(membership, by, this::isExpected);
        }
        if (entry.by() instanceof Owner.Session by) {
            seats.reaching().read(member, by);
        }
        asks.changed(member);
    }

    private void left(Entry.Left entry) {
        Member member = members.get(entry.actor());
        if (member == null) {
            return;
        }
        Membership after = entry.membership();
        Event.Left event = new Event.Left(group, entry.offset(), entry.actor(), entry.reason());
        endSeats(member, after, event);
        if (after == null && entry.reason() == LeaveReason.EVICTED) {
            repairs.evicted(entry.actor(), event, cause(event));
        }
        if (after == null) {
            members.remove(member);
            tell(event);
            asks.left(entry.actor(), entry.reason());
        } else {
            Membership before = member.membership();
            asks.changed(members.put(after));
            tellUpdate(entry.offset(), before, after);
        }
    }

    /** Whether anybody here sees changes of members. */
    private boolean isSeen() {
        return !watches.isEmpty() || members.areSeen();
    }

    /** @param before null: it was no member */
    private void tellChange(Entry.Joined entry, @Nullable Membership before) {
        Membership after = entry.membership();
        if (entry.first()) {
            tell(new Event.Joined(group, entry.offset(), after));
            return;
        }
        if (entry.filterChanged()) {
            tell(new Event.FilterChanged(group, entry.offset(), after));
        }
        if (before != null) {
            tellUpdate(entry.offset(), before, after);
        }
    }

    /** Whatever has changed it. */
    private void tellUpdate(long offset, Membership before, Membership after) {
        if (isSeen() && !after.saysAs(before)) {
            tell(new Event.Updated(group, offset, after));
        }
    }

    /** Watches, and subscriptions that see members: these get it in one order with their messages. */
    private void tell(Event event) {
        if (isSeen()) {
            Frame frame = Frame.of(event);
            int weight = GroupWatches.weight(event);
            watches.tell(frame, weight);
            members.tell(frame, weight);
        }
    }

    /** Ends the seats of sessions whose joins are not in {@code after}. */
    private void endSeats(Member member, @Nullable Membership after, Event.Left event) {
        GroupException cause = cause(event);
        for (Seat seat : List.copyOf(member.seats())) {
            if (Takeovers.isElsewhere(after, seat.session())) {
                takeovers.move(member, seat);
            } else if (after == null || !after.heldBy(seat.session().owner())) {
                repairs.drop(seat);
                seats.end(member, seat, event, cause);
            }
        }
    }

    /** What a subscription ends with; null: regularly. */
    private static @Nullable GroupException cause(Event.Left event) {
        return switch (event.reason()) {
            // The cluster counts this node as dead: the session's client must reconnect, and soon all others too.
            case NODE_DOWN -> GroupException.of(ErrorCode.FENCED, "this server has lost its lease");
            case EVICTED -> GroupException.evicted(event.group(), event.actor());
            case LEFT, DISCONNECTED, LEASE_EXPIRED, GROUP_DELETED -> null;
        };
    }

    /** The group is gone; also when no entry of the log said so. */
    void deleted() {
        GroupException gone = GroupException.of(ErrorCode.GROUP_DELETED, "group " + group.name() + " was deleted");
        Event.GroupDeleted event = new Event.GroupDeleted(group, applied.position());
        List<Membership> last = members.snapshot();
        for (Member member : members.withSeats()) {
            for (Seat seat : List.copyOf(member.seats())) {
                repairs.drop(seat);
                seats.end(member, seat, event, gone);
            }
        }
        asks.deleted();
        repairs.endAll(event, gone);
        joins.deleted(event, gone);
        takeovers.clear();
        for (int i = watches.end(event, last, gone); i > 0; i--) {
            state.use().exit();
        }
        state.use().close();
        publishes.answerPassed();
        publishes.proceedNow();
        waiters.jumped(Long.MAX_VALUE);
    }

    // ---- what this node does, between two entries

    Groups.JoinResult resume(Subscription subscription) {
        LocalSession session = subscription.session();
        Member member = members.get(session.actor());
        Seat seat = member == null ? null : member.seatOf(session);
        if (member != null && seat != null) {
            seats.resume(member, seat, subscription);
            return new Groups.JoinResult(applied.position(), member.membership().joinCount(), "");
        }
        Seat detached = repairs.seatOf(session);
        if (detached == null) {
            throw GroupException.notAMember(group, session.actor());
        }
        Seats.refuseTwice(detached, subscription);
        detached.connection(subscription.connection());
        detached.subscription(subscription);
        return new Groups.JoinResult(applied.position(), 1, "");
    }

    /** A join of a session failed, but the store may have made it, and a snapshot may have shown it. */
    void failed(PendingJoin joining) {
        Member member = members.get(joining.subscription().session().actor());
        if (member != null && member.membership().heldBy(joining.owner())) {
            repairs.endForgotten(member.membership(), joining.owner(), this::isExpected);
        }
    }

    private boolean isExpected(Owner.Session owner) {
        return takeovers.isExpected(owner) || joins.isExpected(owner);
    }

    void disconnect(LocalSession session, Connection connection) {
        seats.disconnect(session, connection);
        repairs.disconnect(session, connection);
    }

    // ---- resynchronisation: the log does not continue with the next entry

    void snapshot(Snapshot snapshot) {
        try {
            if (lost) {
                // A client that came after the loss receives no events of the rebuild, like those before it: all
                // reconnect.
                GroupException cause = notFollowed();
                seats.cut(cause);
                watches.cut(cause);
                members.renew();
                counts().clear();
                lost = false;
            }
            replace(snapshot);
        } catch (Throwable defect) {
            failed(defect);
        }
    }

    private void replace(Snapshot snapshot) {
        Map<ActorId, Membership> present = new HashMap<>();
        snapshot.members().forEach(membership -> present.put(membership.actor(), membership));
        if (!applied.isOpen()) {
            applied.begin(snapshot.info(), snapshot.position().offset());
            members.replaceBy(present);
            return;
        }
        boolean sameLife = snapshot.info().epoch().equals(applied.epoch());
        if (sameLife || snapshot.goesOn()) {
            jump(snapshot, present);
        } else {
            beginAgain(snapshot, present);
        }
        settle(sameLife ? applied.offset() : Long.MAX_VALUE);
    }

    /** The log continues at the same offset under a new epoch. */
    void goesOn(GroupInfo renamed) {
        if (lost) {
            return;
        }
        try {
            Position before = applied.position();
            // Publishes that named the epoch before are still to be refused: they go first.
            state.use().hold();
            applied.jump(renamed, before.offset());
            seats.tellMissed(before);
            settle(Long.MAX_VALUE);
        } catch (Throwable defect) {
            failed(defect);
        }
    }

    private void settle(long reached) {
        publishes.answerPassed();
        joins.jumped();
        repairs.again();
        seats.reaching().readAll();
        asks.resynchronised();
        // After the join repairs have begun, so that sessions whose joins are there get the messages.
        publishes.proceed();
        waiters.jumped(reached);
    }

    /**
     * Entries were missed and are trimmed, or the log continues under a new epoch: subscribers get the missed messages
     * that the log still has.
     */
    private void jump(Snapshot snapshot, Map<ActorId, Membership> present) {
        Position before = applied.position();
        if (snapshot.goesOn()) {
            // Publishes that named the epoch before are still to be refused: they go first.
            state.use().hold();
        }
        applied.jump(snapshot.info(), snapshot.position().offset());
        for (Member member : members.withSeats()) {
            ActorId actor = member.membership().actor();
            endSeats(member, present.get(actor), new Event.Left(group, applied.offset(), actor, LeaveReason.LEFT));
        }
        members.replaceBy(present);
        seats.tellMissed(before);
        repairs.attachFound();
        takeovers.found();
        repairs.endForgotten(present, this::isExpected);
        long missed = applied.offset() - before.offset();
        if (!watches.isEmpty() && !(snapshot.goesOn() && missed == 0)) {
            tellWatches(new Event.Gap(
                    group, Event.Gap.Reason.TRIMMED, missed, false, before.offset(), applied.offset() + 1));
        }
    }

    /**
     * The store has lost the log, and it has begun again under a new epoch: joins of this node's sessions are made
     * again in it.
     */
    private void beginAgain(Snapshot snapshot, Map<ActorId, Membership> present) {
        takeovers.away(present);
        repairs.keep(present);
        // Before the new epoch is visible: publishes of the old epoch, which the store still has to refuse, go first.
        state.use().hold();
        applied.jump(snapshot.info(), snapshot.position().offset());
        answers.forgetFirstAnswers();
        asks.beginAgain();
        members.replaceBy(present);
        for (Member member : members.withSeats()) {
            member.seats().forEach(seat -> seats.tellNewLife(member, seat));
        }
        repairs.attachFound();
        takeovers.found();
        repairs.endForgotten(present, this::isExpected);
        if (!watches.isEmpty()) {
            tellWatches(new Event.Gap(group, Event.Gap.Reason.EPOCH_CHANGED, 0, false, 0, applied.offset() + 1));
        }
    }

    private void tellWatches(Event.Gap gap) {
        watches.begin(gap, applied.position(), members.snapshot());
    }
}

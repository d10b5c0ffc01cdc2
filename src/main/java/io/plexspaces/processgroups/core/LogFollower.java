package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.ActorId;
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
import org.jspecify.annotations.Nullable;

/**
 * What the log tells of one group, and what follows from it: deliveries, answers, watches. All in the group's serial queue.
 */
final class LogFollower {
    private static final System.Logger LOG = System.getLogger(LogFollower.class.getName());
    private static final int GAP_WEIGHT = 256;

    private final GroupReplica replica;
    private final GroupId group;
    private final NodeId self;
    private final DeliveryTracer tracer;
    private final AppliedPosition progress;
    private final Members members;
    private final Seats seats;
    private final PendingPublishes answers;
    private final JoinRepairs recovery;
    private final PublishRetries turns;
    private final GroupWatches watches = new GroupWatches();
    private final OffsetWaiters waiters = new OffsetWaiters();
    private final PendingJoins joins;
    private final Takeovers moves;

    /** Something was applied by half, or the log is not read any more: nothing counts before the next snapshot. */
    private boolean lost;

    LogFollower(
            GroupReplica replica,
            NodeId self,
            DeliveryTracer tracer,
            AppliedPosition progress,
            Members members,
            Seats seats,
            PendingPublishes answers,
            JoinRepairs recovery,
            PublishRetries turns) {
        this.replica = replica;
        this.group = replica.group();
        this.self = self;
        this.tracer = tracer;
        this.progress = progress;
        this.members = members;
        this.seats = seats;
        this.answers = answers;
        this.recovery = recovery;
        this.turns = turns;
        this.joins = new PendingJoins(group, progress, members, seats, recovery);
        this.moves = new Takeovers(members, seats, recovery);
    }

    GroupWatches watches() {
        return watches;
    }

    OffsetWaiters waiters() {
        return waiters;
    }

    JoinRepairs recovery() {
        return recovery;
    }

    PendingJoins joins() {
        return joins;
    }

    Takeovers moves() {
        return moves;
    }

    void entry(Entry entry) {
        if (lost) {
            return;
        }
        try {
            progress.reach(entry.offset());
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
        waiters.release(progress.offset());
    }

    /** What was told is applied by half at best: it is read anew. An error, such as want of memory, concerns the thread as well. */
    private void failed(Throwable defect) {
        lost = true;
        try {
            LOG.log(System.Logger.Level.ERROR, "what the log told could not be followed", defect);
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

    /** Nobody is left in the belief that nothing was missed, and nobody is served before the log is read anew. */
    void lose(GroupException cause) {
        lost = true;
        try {
            replica.lose(cause);
        } finally {
            seats.cut(cause);
            watches.cut(cause);
        }
    }

    /** A message that nobody can be given; who would have got it is not known. */
    private void missed(Entry.Unreadable entry) {
        Event.Gap gap =
                new Event.Gap(group, Event.Gap.Reason.UNREADABLE, 1, true, entry.offset() - 1, entry.offset() + 1);
        Frame frame = Frame.of(gap);
        for (Interest interest : members.wanting(null)) {
            interest.audience().deliver(frame, GAP_WEIGHT, null);
        }
        answers.answerPassed(entry.operation(), progress);
    }

    private void published(Entry.Published entry) {
        DeliveryTracer.Delivering traced = tracer.begin(group, entry);
        deliver(entry, seats.frame(entry, traced));
        if (traced != null) {
            traced.allPosted();
        }
        answers.answer(entry, progress.position(), members);
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
                wanting.get(i).audience().deliver(frame, weight, except);
            }
        }
    }

    private void joined(Entry.Joined entry) {
        Membership membership = entry.membership();
        Member member = members.put(membership);
        if (entry.first()) {
            watches.tell(new Event.Joined(group, entry.offset(), membership));
        } else if (entry.filterChanged()) {
            watches.tell(new Event.FilterChanged(group, entry.offset(), membership));
        }
        if (!entry.first() && entry.by() instanceof Owner.Session by) {
            moves.read(member, by, entry.operation());
        }
        PendingJoin expected = joins.take(entry.operation());
        if (!recovery.isEmpty()) {
            recovery.arrived(member, entry.by(), expected);
        }
        if (expected != null) {
            joins.seat(member, expected.subscription());
        } else if (entry.by() instanceof Owner.Session by) {
            recovery.endForgotten(membership, by, joins, moves);
        }
        if (entry.by() instanceof Owner.Session by) {
            seats.reaching().read(member, by);
        }
    }

    private void left(Entry.Left entry) {
        Member member = members.get(entry.actor());
        if (member == null) {
            return;
        }
        Membership after = entry.membership();
        Event.Left event = new Event.Left(group, entry.offset(), entry.actor(), entry.reason());
        endSeats(member, after, event);
        if (after == null) {
            members.remove(member);
            watches.tell(event);
        } else {
            members.put(after);
        }
    }

    /** Sessions whose joins are not in {@code after} are at their end. */
    private void endSeats(Member member, @Nullable Membership after, Event.Left event) {
        // A session here whose node is taken for dead: its client is to come back, like all others soon.
        GroupException cause = event.reason() == LeaveReason.NODE_DOWN
                ? GroupException.of(ErrorCode.FENCED, "this server has lost its lease")
                : null;
        for (Seat seat : List.copyOf(member.seats())) {
            if (Takeovers.isElsewhere(after, seat.session())) {
                moves.move(member, seat);
            } else if (after == null || !after.heldBy(seat.session().owner())) {
                recovery.drop(seat);
                seats.end(member, seat, event, cause);
            }
        }
    }

    /** The group is gone; also when the log could not say so itself. */
    void deleted() {
        GroupException gone = GroupException.of(ErrorCode.GROUP_DELETED, "group " + group.name() + " was deleted");
        Event.GroupDeleted event = new Event.GroupDeleted(group, progress.position());
        List<Membership> last = members.snapshot();
        for (Member member : members.withSeats()) {
            for (Seat seat : List.copyOf(member.seats())) {
                recovery.drop(seat);
                seats.end(member, seat, event, gone);
            }
        }
        recovery.endAll(event, gone);
        joins.deleted(event, gone);
        moves.clear();
        for (int i = watches.end(event, last, gone); i > 0; i--) {
            replica.usage().exit();
        }
        replica.usage().close();
        answers.answerPassed(replica, progress);
        turns.proceed();
        waiters.jumped(Long.MAX_VALUE);
    }

    // ---- what this node does, between two entries

    Groups.JoinResult resume(Subscription subscription) {
        Session session = subscription.session();
        Member member = members.get(session.actor());
        Seat seat = member == null ? null : member.seatOf(session);
        if (member != null && seat != null) {
            seats.resume(member, seat, subscription);
            return new Groups.JoinResult(
                    progress.position(), member.membership().joinCount(), "");
        }
        Seat detached = recovery.seatOf(session);
        if (detached == null) {
            throw GroupException.notAMember(group, session.actor());
        }
        Seats.refuseTwice(detached, subscription);
        detached.connection(subscription.connection());
        detached.subscription(subscription);
        return new Groups.JoinResult(progress.position(), 1, "");
    }

    /** A join of a session failed, but it may have been made, and shown by members that were told all at once. */
    void failed(PendingJoin joining) {
        Member member = members.get(joining.subscription().session().actor());
        if (member != null && member.membership().heldBy(joining.owner())) {
            recovery.endForgotten(member.membership(), joining.owner(), joins, moves);
        }
    }

    void disconnect(Session session, Connection connection) {
        seats.disconnect(session, connection);
        recovery.disconnect(session, connection);
    }

    // ---- when the log goes on elsewhere than it stood

    void snapshot(Snapshot snapshot) {
        try {
            if (lost) {
                // Who came since it was lost hears nothing of what is made anew here, no more than those before.
                GroupException cause = notFollowed();
                seats.cut(cause);
                watches.cut(cause);
                members.renew();
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
        if (!progress.isOpen()) {
            progress.begin(snapshot.info(), snapshot.position().offset());
            members.replaceBy(present);
            return;
        }
        boolean sameLife = snapshot.info().epoch().equals(progress.epoch());
        if (sameLife || snapshot.goesOn()) {
            jump(snapshot, present);
        } else {
            beginAgain(snapshot, present);
        }
        settle(sameLife ? progress.offset() : Long.MAX_VALUE);
    }

    /** The log goes on under another epoch, from where it is. */
    void goesOn(GroupInfo renamed) {
        if (lost) {
            return;
        }
        try {
            Position before = progress.position();
            // Publishes that named the epoch before are still to be refused: they go first.
            replica.usage().hold();
            progress.jump(renamed, before.offset());
            seats.tellMissed(before);
            settle(Long.MAX_VALUE);
        } catch (Throwable defect) {
            failed(defect);
        }
    }

    private void settle(long reached) {
        answers.answerPassed(replica, progress);
        joins.jumped();
        recovery.again();
        seats.reaching().readAll();
        // After what that makes again, so that those who are here get the messages.
        replica.proceed();
        waiters.jumped(reached);
    }

    /**
     * Entries of this life are gone, or it goes on under another epoch: what was missed of the messages is told from what the
     * log still has.
     */
    private void jump(Snapshot snapshot, Map<ActorId, Membership> present) {
        Position before = progress.position();
        if (snapshot.goesOn()) {
            // Publishes that named the epoch before are still to be refused: they go first.
            replica.usage().hold();
        }
        progress.jump(snapshot.info(), snapshot.position().offset());
        for (Member member : members.withSeats()) {
            ActorId actor = member.membership().actor();
            endSeats(member, present.get(actor), new Event.Left(group, progress.offset(), actor, LeaveReason.LEFT));
        }
        members.replaceBy(present);
        seats.tellMissed(before);
        recovery.attachFound();
        moves.found();
        recovery.endForgotten(present, joins, moves);
        long missed = progress.offset() - before.offset();
        if (!watches.isEmpty() && !(snapshot.goesOn() && missed == 0)) {
            tellWatches(new Event.Gap(
                    group, Event.Gap.Reason.TRIMMED, missed, false, before.offset(), progress.offset() + 1));
        }
    }

    /** The store has lost this life, and another one has begun: joins of this node's sessions go on in it. */
    private void beginAgain(Snapshot snapshot, Map<ActorId, Membership> present) {
        moves.away(present);
        recovery.keep(present);
        // Before the new life can be seen: publishes that are still to be refused by it go first.
        replica.usage().hold();
        progress.jump(snapshot.info(), snapshot.position().offset());
        answers.forgetFirstAnswers();
        members.replaceBy(present);
        for (Member member : members.withSeats()) {
            member.seats().forEach(seat -> seats.tellNewLife(member, seat));
        }
        recovery.attachFound();
        moves.found();
        recovery.endForgotten(present, joins, moves);
        if (!watches.isEmpty()) {
            tellWatches(new Event.Gap(group, Event.Gap.Reason.EPOCH_CHANGED, 0, false, 0, progress.offset() + 1));
        }
    }

    private void tellWatches(Event.Gap gap) {
        watches.begin(gap, progress.position(), members.snapshot());
    }
}

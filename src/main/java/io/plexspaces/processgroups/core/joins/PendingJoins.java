package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.replica.AppliedPosition;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Joins of this node's sessions whose entries are still to be read, and what becomes of them when a resynchronisation
 * skips those. {@link #expect}, {@link #accepted} and {@link #forget} may be called by any thread; the rest is part of
 * the group's reading.
 */
public final class PendingJoins {
    private final GroupId group;
    private final AppliedPosition applied;
    private final Members members;
    private final Seats seats;
    private final JoinRepairs repairs;
    private final Map<OperationId, PendingJoin> waiting = new ConcurrentHashMap<>(4);

    public PendingJoins(GroupId group, AppliedPosition applied, Members members, Seats seats, JoinRepairs repairs) {
        this.group = group;
        this.applied = applied;
        this.members = members;
        this.seats = seats;
        this.repairs = repairs;
    }

    public void expect(OperationId operation, Subscription subscription, TopicFilter filter, JoinMetadata metadata) {
        waiting.put(operation, new PendingJoin(subscription, filter, metadata));
    }

    /** Null: it was read, or not expected. */
    public @Nullable PendingJoin forget(OperationId operation) {
        return waiting.remove(operation);
    }

    /** Its append was accepted; false: its entry has been read already. */
    public boolean accepted(OperationId operation, Position position) {
        PendingJoin joining = waiting.get(operation);
        if (joining != null) {
            joining.accepted(position);
        }
        return joining != null;
    }

    /** Its entry is read; null: no session here asked for it. */
    public @Nullable PendingJoin take(OperationId operation) {
        return waiting.remove(operation);
    }

    /** Whether a join in the name of this owner is under way. */
    public boolean isExpected(Owner.Session owner) {
        return waiting.values().stream().anyMatch(joining -> owner.equals(joining.owner()));
    }

    /**
     * The caller of an accepted join is about to be answered: its session has its seat, or will get it.
     *
     * @param gone there is no such group any more
     * @throws GroupException EPOCH_CHANGED, when the group is gone and the join with it
     */
    public void answered(OperationId operation, boolean gone) {
        PendingJoin joining = waiting.get(operation);
        Position accepted = joining == null ? null : joining.accepted();
        if (joining == null || accepted == null) {
            return;
        }
        if (gone) {
            waiting.remove(operation);
            throw ReplicaState.stale(group);
        }
        joining.answered();
        if (applied.isPast(accepted)) {
            waiting.remove(operation);
            passed(joining, accepted);
            repairs.again();
        }
    }

    /** After a resynchronisation: decides those whose entries will not be read. */
    public void jumped() {
        waiting.forEach((operation, joining) -> {
            Position accepted = joining.accepted();
            if (accepted != null && applied.isPast(accepted) && waiting.remove(operation, joining)) {
                passed(joining, accepted);
            }
        });
    }

    private void passed(PendingJoin joining, Position accepted) {
        Subscription subscription = joining.subscription();
        LocalSession session = subscription.session();
        orCut(subscription, () -> {
            Member member = members.get(session.actor());
            if (!accepted.epoch().equals(applied.epoch())) {
                repairs.more(joining);
            } else if (member == null || !member.membership().heldBy(session.owner())) {
                tellEnd(subscription, new Event.Left(group, applied.offset(), session.actor(), LeaveReason.LEFT), null);
            } else {
                take(member, subscription.from(accepted));
            }
        });
    }

    /** Its join is there: it has a seat, unless it had one before. */
    public void seat(Member member, Subscription subscription) {
        orCut(subscription, () -> take(member, subscription));
    }

    private void take(Member member, Subscription subscription) {
        LocalSession session = subscription.session();
        if (member.seatOf(session) == null) {
            seats.take(member, subscription);
            Seat seat = member.seatOf(session);
            if (seat != null && !repairs.isEmpty()) {
                repairs.seated(member, seat);
            }
        }
    }

    /**
     * Cuts the subscriber when the step fails. Without a seat it would not be among those that are cut, though its
     * client has received, or will receive, that it joined.
     */
    private static void orCut(Subscription subscription, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error defect) {
            subscription
                    .connection()
                    .cut(GroupException.of(ErrorCode.INTERNAL, "the messages of the group could not be begun"));
            throw defect;
        }
    }

    /** A session that received success for its join, but has no seat yet, is notified that the group is gone. */
    public void deleted(Event last, GroupException cause) {
        waiting.forEach((operation, joining) -> {
            if (joining.isAnswered() && waiting.remove(operation, joining)) {
                tellEnd(joining.subscription(), last, cause);
            }
        });
    }

    private static void tellEnd(Subscription subscription, Event last, @Nullable GroupException cause) {
        Connection connection = subscription.connection();
        connection.send(Frame.of(last));
        if (subscription.only()) {
            connection.finish(cause);
        }
    }
}

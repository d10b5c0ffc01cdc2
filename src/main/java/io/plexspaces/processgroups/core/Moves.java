package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sessions whose joins in one group change nodes: those that come here, and those that are elsewhere now. {@link #expect}, {@link #doubt}
 * and {@link #forget} may be called by any thread; the rest is part of the group's reading.
 */
final class Moves {
    private final Members members;
    private final Seats seats;
    private final Recovery recovery;
    private final Map<OperationId, Session> arriving = new ConcurrentHashMap<>(2);

    /** Sessions that may have joins here without anybody having read it. */
    private final Map<Owner.Session, Session> doubtful = new ConcurrentHashMap<>(2);

    Moves(Members members, Seats seats, Recovery recovery) {
        this.members = members;
        this.seats = seats;
        this.recovery = recovery;
    }

    void expect(OperationId operation, Session session) {
        arriving.put(operation, session);
    }

    /** Its append failed, but it may have been made, or still be. */
    void doubt(OperationId operation) {
        Session session = arriving.remove(operation);
        if (session != null) {
            doubtful.values().removeIf(other -> other.isOver() || other.isDropped());
            doubtful.put(session.owner(), session);
        }
    }

    void forget(OperationId operation) {
        arriving.remove(operation);
    }

    void clear() {
        arriving.clear();
        doubtful.clear();
    }

    /** Whether a session is on its way here under this owner. */
    boolean isExpected(Owner.Session owner) {
        return doubtful.containsKey(owner)
                || arriving.values().stream().anyMatch(session -> owner.equals(session.owner()));
    }

    /** One more join of a session, or its takeover, was read: whoever served it here before may do so no more. */
    void read(Member member, Owner.Session by, OperationId operation) {
        Session arrived = arriving.remove(operation);
        settle(member, by, arrived == null ? doubtful.remove(by) : arrived);
    }

    /** Members were told all at once: a session that they show on this node has arrived, though its takeover was not read. */
    void found() {
        doubtful.forEach((owner, session) -> {
            Member member = members.get(session.actor());
            if (member != null && member.membership().heldBy(owner) && doubtful.remove(owner, session)) {
                settle(member, owner, session);
            }
        });
    }

    /** A takeover was accepted, and its entry is not to come any more: if that was jumped over, its session has a seat from now on. */
    void passed(OperationId operation) {
        Session arrived = arriving.remove(operation);
        Member member = arrived == null ? null : members.get(arrived.actor());
        if (arrived != null && member != null && member.membership().heldBy(arrived.owner())) {
            settle(member, arrived.owner(), arrived);
        }
    }

    /** @param arrived the session that asked for its joins on this node, if any did */
    private void settle(Member member, Owner.Session owner, @Nullable Session arrived) {
        for (Seat seat : List.copyOf(member.seats())) {
            Session seated = seat.session();
            boolean stays = arrived == null ? member.membership().heldBy(seated.owner()) : seated == arrived;
            if (!stays && seated.owner().id().equals(owner.id())) {
                move(member, seat);
            }
        }
        if (arrived != null && member.seatOf(arrived) == null && !arrived.isDropped()) {
            seats.arrive(member, arrived);
            if (arrived.isOver()) {
                recovery.over(arrived);
                recovery.again();
            }
        }
    }

    /** Lets go of sessions that are elsewhere according to the members of another life. */
    void away(Map<ActorId, Membership> present) {
        for (Member member : members.withSeats()) {
            Membership after = present.get(member.membership().actor());
            for (Seat seat : List.copyOf(member.seats())) {
                if (isElsewhere(after, seat.session())) {
                    move(member, seat);
                }
            }
        }
    }

    /** Whether a session of this node has joins in {@code after} on another node alone. */
    static boolean isElsewhere(@Nullable Membership after, Session seated) {
        if (after == null || after.heldBy(seated.owner())) {
            return false;
        }
        String id = seated.owner().id();
        return after.holdings().stream()
                .anyMatch(held -> held.owner() instanceof Owner.Session owner
                        && owner.id().equals(id));
    }

    void move(Member member, Seat seat) {
        recovery.drop(seat);
        seats.move(member, seat);
    }
}

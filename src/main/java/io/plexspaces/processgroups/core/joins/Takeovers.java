package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takeovers of sessions in one group: the joins of a session move from one node to another.
 * {@link #expect} and {@link #forget} may be called by any thread; the rest is part of the group's reading.
 *
 * <p>A client that lost its connection presents its resume token to another node. That node first claims the session in
 * the store, as a whole ({@code SessionOpening}). Then it appends one {@code TakeOver} for each group of the session.
 * Each takeover gives the session's joins there to the new owner: the same session, on the new node, under the last
 * claim. Every node reads its entry. The new node gives the session a seat; the old one ends its own ({@link #move}),
 * and writes no leave. So other members and watches never see the session leave.
 *
 * <p>One takeover in one group, as the new node sees it:
 *
 * <pre>{@code
 *           expect
 *             |
 *             v          append failed, but
 *         +----------+   may have been made   +----------+
 *         | EXPECTED | ---------------------> | DOUBTFUL |
 *         +----------+                        +----------+
 *           |   |   |                           |   |   |
 *    forget |   |   | read,                read |   |   | tick, when the session has ended
 *           |   |   | or passed        or found |   |   | or its opening is complete
 *           v   |   v                           v   |   v
 *      NOT MADE |  SEATED                  SEATED   |  GIVEN UP: a late entry gives no seat;
 *               |                                   |  JoinRepairs removes joins without a seat
 *               +------------- clear ---------------+
 *                                |
 *                                v
 *                         the group is gone
 * }</pre>
 *
 * <p><i>Read</i>: the entry of the takeover is read. <i>Passed</i>: the append was accepted, but a resynchronisation
 * has skipped the entry; the session gets its seat if the members show its joins on this node. <i>Found</i>: the same
 * after an append without an answer, when a snapshot shows the joins here. On the old node the seat ends when the entry
 * is read, or when a snapshot shows the joins on another node alone ({@link #away}, {@link #isElsewhere}).
 */
public final class Takeovers {
    private final Members members;
    private final Seats seats;
    private final JoinRepairs repairs;
    private final Map<OperationId, LocalSession> arriving = new ConcurrentHashMap<>(2);

    /** Those of {@link #arriving} whose append failed, but may have been made, or may still be. */
    private final Set<OperationId> doubtful = ConcurrentHashMap.newKeySet(2);

    public Takeovers(Members members, Seats seats, JoinRepairs repairs) {
        this.members = members;
        this.seats = seats;
        this.repairs = repairs;
    }

    public void expect(OperationId operation, LocalSession session) {
        arriving.put(operation, session);
    }

    public void forget(OperationId operation) {
        arriving.remove(operation);
    }

    /**
     * The append failed, but the store may have made it, or may still do so: a resynchronisation may have skipped its
     * entry, or the entry may be read later.
     */
    public void doubt(OperationId operation) {
        LocalSession session = arriving.get(operation);
        if (session != null) {
            doubtful.add(operation);
            find(operation, session);
        }
    }

    /**
     * To be called regularly: gives up takeovers of sessions that no longer wait for their client. Joins that are moved
     * late for a session that has ended are removed when their entry is read.
     */
    public void tick() {
        doubtful.removeIf(operation -> {
            LocalSession session = arriving.get(operation);
            return session == null || (!session.isComing() && arriving.remove(operation, session));
        });
    }

    /** Any thread: whether {@link #tick} has something to do. */
    public boolean hasDoubts() {
        return !doubtful.isEmpty();
    }

    public void clear() {
        arriving.clear();
        doubtful.clear();
    }

    /** Whether a takeover for this owner is under way here. */
    public boolean isExpected(Owner.Session owner) {
        return arriving.values().stream().anyMatch(session -> owner.equals(session.owner()) && session.isComing());
    }

    /**
     * One more join of a session, or its takeover, was read: older sessions of the same id on this node end their
     * seats.
     */
    public void read(Member member, Owner.Session by, OperationId operation) {
        settle(member, by, take(operation));
    }

    private @Nullable LocalSession take(OperationId operation) {
        doubtful.remove(operation);
        return arriving.remove(operation);
    }

    /**
     * After a snapshot: a session that its members show on this node has arrived, though its takeover was not read.
     */
    public void found() {
        for (OperationId operation : doubtful) {
            LocalSession session = arriving.get(operation);
            if (session != null) {
                find(operation, session);
            }
        }
    }

    private void find(OperationId operation, LocalSession session) {
        Member member = members.get(session.actor());
        if (member != null && member.membership().heldBy(session.owner())) {
            take(operation);
            settle(member, session.owner(), session);
        }
    }

    /**
     * A takeover was accepted, and its entry will not come any more: if a resynchronisation skipped it, its session has
     * a seat from now on.
     */
    public void passed(OperationId operation) {
        LocalSession arrived = take(operation);
        Member member = arrived == null ? null : members.get(arrived.actor());
        if (arrived != null && member != null && member.membership().heldBy(arrived.owner())) {
            settle(member, arrived.owner(), arrived);
        }
    }

    /**
     * @param asked the session that asked for its joins on this node, if any did; one that has ended since is as good
     *     as none, but one that was replaced has its seat, until its joins move on or it ends what was left behind
     */
    private void settle(Member member, Owner.Session owner, @Nullable LocalSession asked) {
        LocalSession arrived = asked == null || asked.isOver() ? null : asked;
        for (Seat seat : List.copyOf(member.seats())) {
            LocalSession seated = seat.session();
            boolean stays = arrived == null ? member.membership().heldBy(seated.owner()) : seated == arrived;
            if (!stays && seated.owner().id().equals(owner.id())) {
                move(member, seat);
            }
        }
        if (arrived != null && member.seatOf(arrived) == null) {
            seats.arrive(member, arrived);
            if (arrived.isOver()) {
                // It has ended just now, and did not see its seat.
                repairs.over(arrived);
            }
        }
    }

    /** Ends the seats of sessions that the members of a new epoch show on another node alone. */
    public void away(Map<ActorId, Membership> present) {
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
    public static boolean isElsewhere(@Nullable Membership after, LocalSession seated) {
        if (after == null || after.heldBy(seated.owner())) {
            return false;
        }
        String id = seated.owner().id();
        return after.holdings().stream()
                .anyMatch(held -> held.owner() instanceof Owner.Session owner
                        && owner.id().equals(id));
    }

    public void move(Member member, Seat seat) {
        repairs.drop(seat);
        seats.move(member, seat);
    }
}

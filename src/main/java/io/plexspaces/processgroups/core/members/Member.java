package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member as this node reads it. The membership may be read by any thread; the rest belongs to the group's reading.
 */
public final class Member {
    private volatile Membership membership;
    private final NodeId self;
    private final List<Seat> seats = new ArrayList<>(1);
    private Interest interest;

    /** Its place in its interest, and how well it could be reached when it was put there. */
    int slot;

    Reach placed = Reach.ABSENT;

    Member(Membership membership, Interest interest, NodeId self) {
        this.membership = membership;
        this.interest = interest;
        this.self = self;
    }

    public Membership membership() {
        return membership;
    }

    public void membership(Membership changed) {
        membership = changed;
    }

    public Interest interest() {
        return interest;
    }

    public void interest(Interest changed) {
        interest = changed;
    }

    /** Its sessions on this node. */
    public List<Seat> seats() {
        return seats;
    }

    /** Where it has joins, each once. */
    List<NodeId> nodes() {
        List<Membership.Holding> holdings = membership.holdings();
        if (isOnOneNode(holdings)) {
            return List.of(holdings.get(0).node());
        }
        return holdings.stream().map(Membership.Holding::node).distinct().toList();
    }

    private static boolean isOnOneNode(List<Membership.Holding> holdings) {
        NodeId first = holdings.get(0).node();
        for (int i = 1; i < holdings.size(); i++) {
            if (!holdings.get(i).node().equals(first)) {
                return false;
            }
        }
        return true;
    }

    public @Nullable Seat seatOf(LocalSession session) {
        for (Seat seat : seats) {
            if (seat.session() == session) {
                return seat;
            }
        }
        return null;
    }

    /** Whether it has a join on this node. */
    boolean isHere() {
        return membership.isOn(self);
    }

    /** Of its sessions here this node knows, of those elsewhere the log. */
    Reach reach() {
        for (int i = 0; i < seats.size(); i++) {
            if (seats.get(i).subscription() != null) {
                return Reach.LIVE_HERE;
            }
        }
        List<Membership.Holding> holdings = membership.holdings();
        boolean here = false;
        for (int i = 0; i < holdings.size(); i++) {
            Membership.Holding held = holdings.get(i);
            if (isElsewhere(held) && !held.away()) {
                return Reach.LIVE;
            }
            here |= held.node().equals(self);
        }
        return here ? Reach.HERE : Reach.ABSENT;
    }

    private boolean isElsewhere(Membership.Holding held) {
        return held.owner() instanceof Owner.Session session && !session.node().equals(self);
    }

    /** Whether it has sessions, and none of them receives. */
    public boolean isAbsent() {
        return !reach().isLive() && hasSession();
    }

    private boolean hasSession() {
        List<Membership.Holding> holdings = membership.holdings();
        for (int i = 0; i < holdings.size(); i++) {
            if (holdings.get(i).owner() instanceof Owner.Session) {
                return true;
            }
        }
        return false;
    }
}

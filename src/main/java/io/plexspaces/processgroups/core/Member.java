package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member as this node reads it. The membership may be read by any thread; the rest belongs to the group's reading. */
final class Member {
    private volatile Membership membership;
    private final NodeId self;
    private final List<Seat> seats = new ArrayList<>(1);
    private Interest interest;

    /** Its place in its interest. */
    int slot;

    Member(Membership membership, Interest interest, NodeId self) {
        this.membership = membership;
        this.interest = interest;
        this.self = self;
    }

    Membership membership() {
        return membership;
    }

    void membership(Membership changed) {
        membership = changed;
    }

    Interest interest() {
        return interest;
    }

    void interest(Interest changed) {
        interest = changed;
    }

    /** Its sessions on this node. */
    List<Seat> seats() {
        return seats;
    }

    /** Where it has joins, each once. */
    List<NodeId> nodes() {
        List<Membership.Holding> holdings = membership.holdings();
        if (holdings.size() == 1) {
            return List.of(holdings.get(0).node());
        }
        return holdings.stream().map(Membership.Holding::node).distinct().toList();
    }

    @Nullable
    Seat seatOf(Session session) {
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

    boolean hasSession() {
        return membership.holdings().stream().anyMatch(held -> held.owner() instanceof Owner.Session);
    }

    /** Whether it had sessions here, none of them is connected, and none is elsewhere. */
    boolean isAbsent() {
        if (seats.isEmpty()) {
            return false;
        }
        for (Seat seat : seats) {
            if (seat.subscription() != null) {
                return false;
            }
        }
        return membership.holdings().stream()
                .noneMatch(held -> held.owner() instanceof Owner.Session session
                        && !session.node().equals(self));
    }
}

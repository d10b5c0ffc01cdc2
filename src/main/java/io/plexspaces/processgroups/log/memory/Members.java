package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Membership.Lease;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The members of one group, and which of their leases ends first. Used by one thread at a time. */
public final class Members {
    /** Of the filters of those who are looked at for a message that is for one member. */
    private static final int PATTERNS_LOOKED_AT = 1_024;

    private Map<ActorId, Membership> byActor = new HashMap<>();
    private final GroupId group;
    private final HeldGroups held;
    private final Room room;
    private final TenantMembers.Share share;
    private long bytes;

    /** While a join is made that has taken its places. */
    private boolean joining;

    /** Nodes that joins without a session name, and how many do. */
    private final Map<NodeId, Integer> labels = new HashMap<>(2);

    /** Every lease there is; null until there was one. */
    private @Nullable NavigableSet<Ending> endings;

    private record Ending(Instant at, ActorId actor, int holding) implements Comparable<Ending> {
        private static final Comparator<Ending> ORDER =
                Comparator.comparing(Ending::at).thenComparing(Ending::actor).thenComparingInt(Ending::holding);

        @Override
        public int compareTo(Ending other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * @param held notified of the sessions that hold joins here
     * @param share of the members of the tenant
     */
    Members(GroupId group, HeldGroups held, Room room, TenantMembers.Share share) {
        this.room = room;
        this.share = share;
        this.group = group;
        this.held = held;
    }

    int size() {
        return byActor.size();
    }

    public @Nullable Membership get(ActorId actor) {
        return byActor.get(actor);
    }

    /** Nodes that joins without a session name. */
    int labels() {
        return labels.size();
    }

    /** Whether a join without a session names this node. */
    boolean isLabel(NodeId node) {
        return labels.containsKey(node);
    }

    /** Unordered. */
    List<Membership> all() {
        return List.copyOf(byActor.values());
    }

    /** @param membership null: no longer a member */
    void set(ActorId actor, @Nullable Membership membership) {
        Membership before = membership == null ? byActor.remove(actor) : byActor.put(actor, membership);
        settle();
        weighs((membership == null ? 0 : Room.of(membership)) - (before == null ? 0 : Room.of(before)));
        held.change(before, membership, group);
        if (before != null) {
            markLeases(before, false);
            countLabels(before, -1);
        }
        if (membership != null) {
            markLeases(membership, true);
            countLabels(membership, 1);
        }
    }

    /**
     * Lets so many join, whom {@code join} makes members.
     *
     * @throws io.plexspaces.processgroups.domain.GroupException QUOTA_EXCEEDED, and nothing is done
     */
    void admit(int newcomers, Runnable join) {
        share.take(newcomers);
        joining = true;
        try {
            join.run();
        } finally {
            joining = false;
            settle();
        }
    }

    private void settle() {
        if (!joining) {
            share.settle(byActor.size());
        }
    }

    private void weighs(long more) {
        bytes += more;
        room.add(more);
    }

    void clear() {
        weighs(-bytes);
        held.forget(group, byActor.values());
        byActor = new HashMap<>(0);
        settle();
        labels.clear();
        endings = null;
    }

    /** The actor whose lease ended first; null when none did. */
    @Nullable
    ActorId firstEnded(Instant now) {
        if (endings == null || endings.isEmpty()) {
            return null;
        }
        Ending first = endings.first();
        return first.at().isAfter(now) ? null : first.actor();
    }

    /** When the next lease ends, in milliseconds since 1970. */
    long nextDue() {
        return endings == null || endings.isEmpty()
                ? Expiries.NEVER
                : Expiries.millis(endings.first().at());
    }

    /** Chooses the recipient of a message that is for one member. */
    Dispatch settle(Dispatch.AnyOf one, Command.Publish publish, NodeId near) {
        for (Dispatch.To candidate : one.candidates()) {
            Membership known = byActor.get(candidate.actor());
            if (known != null && known.joinedOffset() == candidate.joinedOffset()) {
                return candidate;
            }
        }
        Membership best = nearest(publish, near);
        return best == null ? new Dispatch.Nobody() : new Dispatch.To(best.actor(), best.joinedOffset());
    }

    private @Nullable Membership nearest(Command.Publish publish, NodeId near) {
        int left = Command.Publish.LOOKED_AT;
        int patterns = PATTERNS_LOOKED_AT;
        Membership best = null;
        for (Membership member : byActor.values()) {
            if (left-- == 0 || patterns <= 0) {
                break;
            }
            patterns -= member.filter().patterns().size();
            if (!member.actor().equals(publish.excepted())
                    && member.filter().accepts(publish.topic())
                    && (best == null || member.distance(near) < best.distance(near))) {
                best = member;
            }
        }
        return best;
    }

    /** The membership without the leases that ended. Empty when nothing is left. */
    static Optional<Membership> withoutEnded(Membership membership, Instant now) {
        Optional<Membership> rest = Optional.of(membership);
        for (Holding held : membership.holdings()) {
            Lease lease = held.lease();
            if (rest.isPresent() && lease != null && !lease.expiresAt().isAfter(now)) {
                rest = rest.get().leave(held.owner(), true);
            }
        }
        return rest;
    }

    private void countLabels(Membership membership, int by) {
        List<Holding> holdings = membership.holdings();
        for (int i = 0; i < holdings.size(); i++) {
            Holding holding = holdings.get(i);
            if (!(holding.owner() instanceof Owner.Session)) {
                labels.merge(holding.node(), by, (a, b) -> a + b == 0 ? null : a + b);
            }
        }
    }

    private void markLeases(Membership membership, boolean add) {
        List<Holding> holdings = membership.holdings();
        for (int i = 0; i < holdings.size(); i++) {
            Lease lease = holdings.get(i).lease();
            if (lease == null) {
                continue;
            }
            Ending ending = new Ending(lease.expiresAt(), membership.actor(), i);
            if (endings == null) {
                endings = new TreeSet<>();
            }
            if (add) {
                endings.add(ending);
            } else {
                endings.remove(ending);
            }
        }
    }
}

package io.plexspaces.processgroups.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An actor in a group.
 *
 * @param joinedOffset offset of the join that made it a member; distinguishes one membership of an actor from the next
 * @param lastHeartbeat latest join or lease renewal
 * @param holdings joins by owner, oldest first, each owner once, never empty
 */
public record Membership(
        ActorId actor,
        TopicFilter filter,
        Instant joinedAt,
        long joinedOffset,
        Instant lastHeartbeat,
        List<Holding> holdings) {

    /**
     * The joins of one owner.
     *
     * @param node where the actor runs, as the owner says
     * @param joins at least 1
     * @param lease of a {@link Owner.Lease}, and of no other
     * @param away the session that holds them receives nothing for now: it has lost its connection, and may resume
     *     within its grace
     * @param since when the owner's first join was made; null: with it the actor became a member, or it is not known
     * @param metadata of the owner's latest join that had any, or as it was changed since
     */
    public record Holding(
            Owner owner,
            NodeId node,
            int joins,
            @Nullable Lease lease,
            boolean away,
            @Nullable Instant since,
            JoinMetadata metadata) {
        /** Without metadata, of the owner whose join made the actor a member. */
        public Holding(Owner owner, NodeId node, int joins, @Nullable Lease lease) {
            this(owner, node, joins, lease, false, null, JoinMetadata.NONE);
        }

        private Holding withJoins(int count) {
            return new Holding(owner, node, count, lease, away, since, metadata);
        }

        private Holding withAway(boolean gone) {
            return new Holding(owner, node, joins, lease, gone, since, metadata);
        }

        private Holding withLease(Lease again) {
            return new Holding(owner, node, joins, again, away, since, metadata);
        }

        private Holding withMetadata(JoinMetadata changed) {
            return new Holding(owner, node, joins, lease, away, since, changed);
        }

        private Holding since(Instant first) {
            return new Holding(owner, node, joins, lease, away, first, metadata);
        }

        /** One more join of the same owner. */
        private Holding more(Holding added) {
            return new Holding(
                    added.owner,
                    added.node,
                    Math.addExact(joins, added.joins),
                    added.lease,
                    added.away,
                    since,
                    added.metadata.isEmpty() ? metadata : added.metadata);
        }
    }

    /** How long a leased join lasts. */
    public record Lease(Duration ttl, Instant expiresAt) {
        public static Lease starting(Instant now, Duration ttl) {
            return new Lease(ttl, now.plus(ttl));
        }
    }

    public Membership {
        holdings = List.copyOf(holdings);
    }

    /** The first join of an actor. */
    public static Membership first(ActorId actor, TopicFilter filter, Holding holding, Instant now, long offset) {
        return new Membership(actor, filter, now, offset, now, List.of(holding));
    }

    /**
     * Adds the joins of {@code added} to its owner's, and merges the filter by union. Metadata takes the place of what
     * the owner's joins had; without any, that stays.
     */
    public Membership join(Holding added, TopicFilter more, Instant now) {
        List<Holding> next = new ArrayList<>(holdings);
        int at = indexOf(added.owner());
        if (at < 0) {
            next.add(added.since(now));
        } else {
            next.set(at, next.get(at).more(added));
        }
        return new Membership(actor, filter.union(more), joinedAt, joinedOffset, now, next);
    }

    /**
     * Takes one join of {@code owner} away, or all of its joins. Empty when it was the last; unchanged without that
     * owner.
     */
    public Optional<Membership> leave(Owner owner, boolean all) {
        int at = indexOf(owner);
        if (at < 0) {
            return Optional.of(this);
        }
        List<Holding> next = new ArrayList<>(holdings);
        Holding held = next.get(at);
        if (all || held.joins() == 1) {
            next.remove(at);
        } else {
            next.set(at, held.withJoins(held.joins() - 1));
        }
        return next.isEmpty()
                ? Optional.empty()
                : Optional.of(new Membership(actor, filter, joinedAt, joinedOffset, lastHeartbeat, next));
    }

    /** Whether joins of a session came here by a later claim than that of {@code owner}. */
    public boolean isClaimedAfter(Owner.Session owner) {
        return holdings.stream()
                .anyMatch(held -> held.owner() instanceof Owner.Session session
                        && session.id().equals(owner.id())
                        && session.claim() > owner.claim());
    }

    /**
     * Gives the joins of a session to the node that serves it now: those of every owner with the same id become one
     * holding of {@code owner}, with the latest metadata of these.
     *
     * @return empty when that session has none
     */
    public Optional<Membership> takeOver(Owner.Session owner, NodeId node, Instant now) {
        List<Holding> next = new ArrayList<>(holdings.size());
        Holding taken = null;
        int at = 0;
        for (Holding held : holdings) {
            if (held.owner() instanceof Owner.Session session && session.id().equals(owner.id())) {
                at = taken == null ? next.size() : at;
                taken = taken == null ? held : taken.more(held);
            } else {
                next.add(held);
            }
        }
        if (taken == null) {
            return Optional.empty();
        }
        next.add(at, new Holding(owner, node, taken.joins(), null, false, taken.since(), taken.metadata()));
        return Optional.of(new Membership(actor, filter, joinedAt, joinedOffset, now, next));
    }

    /**
     * Notes that a session receives nothing for now, or again. Empty when it holds no joins, or that is noted already.
     */
    public Optional<Membership> reach(Owner.Session owner, boolean away) {
        int at = indexOf(owner);
        if (at < 0 || holdings.get(at).away() == away) {
            return Optional.empty();
        }
        List<Holding> next = new ArrayList<>(holdings);
        next.set(at, next.get(at).withAway(away));
        return Optional.of(new Membership(actor, filter, joinedAt, joinedOffset, lastHeartbeat, next));
    }

    /**
     * Replaces the metadata of the joins of {@code owner}, which holds some.
     *
     * @return this, when they have it already
     */
    public Membership update(Owner owner, JoinMetadata metadata) {
        int at = indexOf(owner);
        if (at < 0 || holdings.get(at).metadata().equals(metadata)) {
            return this;
        }
        List<Holding> next = new ArrayList<>(holdings);
        next.set(at, next.get(at).withMetadata(metadata));
        return new Membership(actor, filter, joinedAt, joinedOffset, lastHeartbeat, next);
    }

    /** Whose metadata an update without an owner changes: the oldest durable joins; empty: there are none. */
    public Optional<Owner> oldestDurable() {
        return holdings.stream()
                .map(Holding::owner)
                .filter(owner -> owner instanceof Owner.Durable)
                .findFirst();
    }

    /** What the joins of an owner say; empty, too, when it holds none. */
    public JoinMetadata metadata(Owner owner) {
        int at = indexOf(owner);
        return at < 0 ? JoinMetadata.NONE : holdings.get(at).metadata();
    }

    /** Whether the joins of both say the same, whoever holds them. */
    public boolean saysAs(Membership other) {
        return (!hasMetadata() && !other.hasMetadata()) || said().equals(other.said());
    }

    private boolean hasMetadata() {
        for (int i = 0; i < holdings.size(); i++) {
            if (!holdings.get(i).metadata().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private List<JoinMetadata> said() {
        return holdings.stream()
                .map(Holding::metadata)
                .filter(metadata -> !metadata.isEmpty())
                .toList();
    }

    /** Of the metadata of all joins. */
    public int metadataBytes() {
        int bytes = 0;
        for (int i = 0; i < holdings.size(); i++) {
            bytes += holdings.get(i).metadata().bytes();
        }
        return bytes;
    }

    /**
     * Restarts the leases that {@code which} accepts.
     *
     * @param ttl null: each keeps its own
     * @return empty when no lease is accepted
     */
    public Optional<Membership> renew(Predicate<Owner> which, @Nullable Duration ttl, Instant now) {
        List<Holding> next = new ArrayList<>(holdings);
        boolean renewed = false;
        for (int i = 0; i < next.size(); i++) {
            Holding held = next.get(i);
            Lease lease = held.lease();
            if (lease != null && which.test(held.owner())) {
                Lease again = Lease.starting(now, ttl == null ? lease.ttl() : ttl);
                next.set(i, held.withLease(again));
                renewed = true;
            }
        }
        return renewed
                ? Optional.of(new Membership(actor, filter, joinedAt, joinedOffset, now, next))
                : Optional.empty();
    }

    /**
     * The owner whose join a leave without an owner ends: durable ones first, then the lease that ends soonest, then
     * sessions, oldest first.
     */
    public Owner nextToLeave() {
        return holdings.stream()
                .min(Comparator.comparingInt((Holding held) -> rank(held.owner()))
                        .thenComparing(held -> held.lease() == null
                                ? Instant.MAX
                                : held.lease().expiresAt()))
                .orElseThrow()
                .owner();
    }

    private static int rank(Owner owner) {
        return owner instanceof Owner.Durable ? 0 : owner instanceof Owner.Lease ? 1 : 2;
    }

    /** All joins, of all owners. */
    public int joinCount() {
        return holdings.stream().mapToInt(Holding::joins).sum();
    }

    /** Of this owner; 0: it holds none. */
    public int joins(Owner owner) {
        int at = indexOf(owner);
        return at < 0 ? 0 : holdings.get(at).joins();
    }

    public boolean heldBy(Owner owner) {
        return indexOf(owner) >= 0;
    }

    /** The label of the oldest holding. */
    public NodeId node() {
        return holdings.get(0).node();
    }

    /** Whether a holding says that the actor runs on {@code node}. */
    public boolean isOn(NodeId node) {
        for (int i = 0; i < holdings.size(); i++) {
            if (holdings.get(i).node().equals(node)) {
                return true;
            }
        }
        return false;
    }

    /**
     * How near it is to a publisher on {@code node}: 0 a session there that can be reached, 1 one elsewhere, 2 none.
     */
    public int distance(NodeId node) {
        int nearest = 2;
        for (Holding held : holdings) {
            if (held.owner() instanceof Owner.Session session && !held.away()) {
                nearest = session.node().equals(node) ? 0 : Math.min(nearest, 1);
                if (nearest == 0) {
                    break;
                }
            }
        }
        return nearest;
    }

    private int indexOf(Owner owner) {
        for (int i = 0; i < holdings.size(); i++) {
            if (holdings.get(i).owner().equals(owner)) {
                return i;
            }
        }
        return -1;
    }
}

package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The members of one group as this node reads them, by id and by what they want. Changed in the group's serial queue
 * alone; {@link #page} and the counts may be asked by any thread.
 */
public final class Members {
    private final NodeId self;
    private final ConcurrentSkipListMap<ActorId, Member> byId = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<ActorId, Member> here = new ConcurrentSkipListMap<>();
    private TopicIndex index = new TopicIndex();
    private final Set<Member> seated = new LinkedHashSet<>();

    /** Those with sessions here that see changes of members. */
    private final Set<Interest> seeing = new LinkedHashSet<>(2);

    private final OneMember oneOf = new OneMember();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger countHere = new AtomicInteger();

    public Members(NodeId self) {
        this.self = self;
    }

    /** Any thread. */
    public int count() {
        return count.get();
    }

    /** Members with a join on this node. Any thread. */
    public int countHere() {
        return countHere.get();
    }

    /** The next memberships by id, at most {@code limit}. Any thread; weakly consistent with changes under way. */
    public List<Membership> page(boolean onlyHere, @Nullable ActorId after, int limit) {
        NavigableMap<ActorId, Member> all = onlyHere ? here : byId;
        NavigableMap<ActorId, Member> rest = after == null ? all : all.tailMap(after, false);
        List<Membership> page = new ArrayList<>(Math.min(limit, 1024));
        for (Member member : rest.values()) {
            if (page.size() == limit) {
                break;
            }
            page.add(member.membership());
        }
        return page;
    }

    /** Any thread. */
    public @Nullable Member get(ActorId actor) {
        return byId.get(actor);
    }

    // From here on: in the serial queue.

    /** All memberships, ordered by id. */
    public List<Membership> snapshot() {
        List<Membership> all = new ArrayList<>(count.get());
        for (Member member : byId.values()) {
            all.add(member.membership());
        }
        return all;
    }

    public List<Interest> wanting(@Nullable Topic topic) {
        return index.wanting(topic);
    }

    /** Members with sessions on this node. */
    public Collection<Member> withSeats() {
        return List.copyOf(seated);
    }

    /** Adds a member, or changes one; its sessions here move with its filter. */
    public Member put(Membership membership) {
        Member known = byId.get(membership.actor());
        if (known == null) {
            Member added = new Member(membership, index.of(membership.filter()), self);
            added.interest().add(added);
            byId.put(membership.actor(), added);
            count.incrementAndGet();
            place(added);
            return added;
        }
        Interest before = known.interest();
        if (before.filter().equals(membership.filter())) {
            before.count(known, -1);
            known.membership(membership);
            before.count(known, 1);
        } else {
            move(known, before, membership);
        }
        place(known);
        return known;
    }

    public void remove(Member member) {
        leaveInterest(member);
        byId.remove(member.membership().actor());
        count.decrementAndGet();
        if (here.remove(member.membership().actor()) != null) {
            countHere.decrementAndGet();
        }
        seated.remove(member);
    }

    /** Replaces all members; those that stay keep their sessions. */
    public void replaceBy(Map<ActorId, Membership> present) {
        for (Member member : byId.values()) {
            if (!present.containsKey(member.membership().actor())) {
                remove(member);
            }
        }
        present.values().forEach(this::put);
    }

    /**
     * Rebuilds everything from the memberships, as a change may have been applied by half. Sessions here keep their
     * seats and receive nothing until they ask again.
     */
    public void renew() {
        List<Member> before = List.copyOf(byId.values());
        byId.clear();
        here.clear();
        seated.clear();
        index = new TopicIndex();
        count.set(0);
        countHere.set(0);
        for (Member old : before) {
            Member made = put(old.membership());
            for (Seat seat : List.copyOf(old.seats())) {
                Subscription subscription = seat.subscription();
                if (subscription != null) {
                    unsubscribe(old, subscription.subscriber());
                    seat.subscription(null);
                }
                seat(made, seat);
            }
        }
    }

    public void heartbeat(Member member, Instant at) {
        Membership old = member.membership();
        member.membership(
                new Membership(old.actor(), old.filter(), old.joinedAt(), old.joinedOffset(), at, old.holdings()));
    }

    public void seat(Member member, Seat seat) {
        change(member, () -> member.seats().add(seat));
        seated.add(member);
    }

    public void unseat(Member member, Seat seat) {
        change(member, () -> member.seats().remove(seat));
        if (member.seats().isEmpty()) {
            seated.remove(member);
        }
    }

    /**
     * A session of the member receives from now on.
     *
     * @param first what it gets before everything else
     */
    public void subscribe(Member member, Subscriber subscriber, @Nullable Source first) {
        add(member.interest(), subscriber, first);
    }

    /** It receives nothing more. */
    public void unsubscribe(Member member, Subscriber subscriber) {
        remove(member.interest(), subscriber);
    }

    /** What one of its sessions gets after everything delivered before. */
    public void send(Member member, Subscriber subscriber, Frame frame) {
        member.interest().audience(subscriber).send(subscriber, frame);
    }

    /** The same. */
    public void send(Member member, Subscriber subscriber, Source source) {
        member.interest().audience(subscriber).send(subscriber, source);
    }

    /** Whether a session here sees changes of members. */
    public boolean areSeen() {
        return !seeing.isEmpty();
    }

    /** A change of members, for those sessions here that see it. */
    public void tell(Frame frame, int weight) {
        for (Interest interest : seeing) {
            interest.deliverToSeeing(frame, weight);
        }
    }

    private void add(Interest interest, Subscriber subscriber, @Nullable Source first) {
        interest.audience(subscriber).add(subscriber, first);
        if (subscriber.seesMembers()) {
            seeing.add(interest);
        }
    }

    private void remove(Interest interest, Subscriber subscriber) {
        interest.audience(subscriber).remove(subscriber);
        if (subscriber.seesMembers() && !interest.isSeen()) {
            seeing.remove(interest);
        }
    }

    /** Changes what decides whether the member is absent. */
    public void change(Member member, Runnable change) {
        member.interest().count(member, -1);
        change.run();
        member.interest().count(member, 1);
    }

    /** Who gets a message that is for one member. */
    public Dispatch.AnyOf chooseOne(Groups.PublishRequest request) {
        ActorId sender = request.excludeSender() ? request.message().sender() : null;
        Member except = sender == null ? null : byId.get(sender);
        List<Member> all = except == null ? List.of() : List.of(except);
        Groups.Asking asking = request.asking();
        return oneOf.choose(
                index.wanting(request.topic()), request.key(), asking == null ? all : and(all, asking.tried()));
    }

    private List<Member> and(List<Member> except, Set<ActorId> tried) {
        List<Member> all = new ArrayList<>(except);
        for (ActorId actor : tried) {
            Member member = byId.get(actor);
            if (member != null) {
                all.add(member);
            }
        }
        return all;
    }

    private void move(Member member, Interest before, Membership changed) {
        Interest after = index.of(changed.filter());
        before.remove(member);
        member.membership(changed);
        member.interest(after);
        after.add(member);
        for (Seat seat : member.seats()) {
            Subscription subscription = seat.subscription();
            if (subscription != null) {
                remove(before, subscription.subscriber());
                add(after, subscription.subscriber(), null);
            }
        }
        dropIfEmpty(before);
    }

    private void leaveInterest(Member member) {
        member.interest().remove(member);
        dropIfEmpty(member.interest());
    }

    private void dropIfEmpty(Interest interest) {
        if (interest.members().isEmpty()) {
            index.drop(interest);
        }
    }

    private void place(Member member) {
        ActorId actor = member.membership().actor();
        if (member.isHere() && here.put(actor, member) == null) {
            countHere.incrementAndGet();
        } else if (!member.isHere() && here.remove(actor) != null) {
            countHere.decrementAndGet();
        }
    }
}

package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.core.delivery.Audience;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Copies;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group that have the same filter: they want the same messages, so they are found, counted and served
 * together. Part of the group's reading, and as little thread-safe as that.
 */
public final class Interest {
    private final TopicFilter filter;
    private final Audience audience = new Audience();

    /** Of {@link #audience}, those that get changes of members in between; null: nobody ever did. */
    private @Nullable Audience seeing;

    /** By their reach; unordered among those of one. */
    private final List<Member> members = new ArrayList<>();

    /** The hash codes of their ids, to be read one after the other. */
    private int[] hashes = new int[1];

    /** How many of them have this reach or a better one, for each reach but the last. */
    private int liveHere;

    private int live;
    private int here;

    private final Map<NodeId, Integer> perNode = new HashMap<>(4);
    private @Nullable Map<NodeId, Integer> perNodeCopy;
    private int absent;

    Interest(TopicFilter filter) {
        this.filter = filter;
    }

    TopicFilter filter() {
        return filter;
    }

    /** A message, or what stands in its place, for their sessions on this node. */
    public void deliver(Frame frame, int weight, @Nullable ActorId except) {
        audience.deliver(frame, weight, except);
        if (seeing != null) {
            seeing.deliver(frame, weight, except);
        }
    }

    /** A change of members, for those of their sessions on this node that see it, in one order with messages. */
    void deliverToSeeing(Frame frame, int weight) {
        if (seeing != null) {
            seeing.deliver(frame, weight, null);
        }
    }

    boolean isSeen() {
        return seeing != null && !seeing.isEmpty();
    }

    /** Where a session of theirs receives. */
    Audience audience(Subscriber subscriber) {
        if (!subscriber.seesMembers()) {
            return audience;
        }
        Audience made = seeing;
        if (made == null) {
            made = new Audience();
            seeing = made;
        }
        return made;
    }

    /** Unordered. */
    List<Member> members() {
        return members;
    }

    /** Members by the nodes they have a join on. */
    Map<NodeId, Integer> perNode() {
        return perNode;
    }

    /** As {@link #perNode} now, for any thread and time. */
    Map<NodeId, Integer> perNodeCopy() {
        Map<NodeId, Integer> copy = perNodeCopy;
        if (copy == null) {
            copy = Copies.of(perNode);
            perNodeCopy = copy;
        }
        return copy;
    }

    /** Members that have no connection now: see {@link Member#isAbsent}. */
    int absent() {
        return absent;
    }

    /** How many members have this reach. */
    int count(Reach reach) {
        return end(reach) - begin(reach);
    }

    /** One of the members with this reach. */
    Member member(Reach reach, int index) {
        return members.get(begin(reach) + index);
    }

    /** The hash code of the id of that one. */
    int hash(Reach reach, int index) {
        return hashes[begin(reach) + index];
    }

    void add(Member member) {
        member.slot = members.size();
        if (member.slot == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        }
        hashes[member.slot] = member.membership().actor().value().hashCode();
        member.placed = Reach.ABSENT;
        members.add(member);
        count(member, 1);
    }

    void remove(Member member) {
        count(member, -1);
        place(member, Reach.ABSENT);
        swap(member, members.size() - 1);
        members.remove(members.size() - 1);
        if (members.size() < hashes.length / 4) {
            hashes = Arrays.copyOf(hashes, hashes.length / 2);
        }
    }

    /** Takes a member out of the counts, or into them: to be called with -1 before it changes and with 1 after. */
    void count(Member member, int by) {
        perNodeCopy = null;
        for (NodeId node : member.nodes()) {
            perNode.merge(node, by, (a, b) -> a + b == 0 ? null : a + b);
        }
        absent += member.isAbsent() ? by : 0;
        if (by > 0) {
            place(member, member.reach());
        }
    }

    /** Moves a member to those with its present reach: one swap for each step between. */
    private void place(Member member, Reach reach) {
        while (member.placed.compareTo(reach) > 0) {
            Reach better = Reach.ALL.get(member.placed.ordinal() - 1);
            swap(member, end(better));
            moveEnd(better, 1);
            member.placed = better;
        }
        while (member.placed.compareTo(reach) < 0) {
            swap(member, end(member.placed) - 1);
            moveEnd(member.placed, -1);
            member.placed = Reach.ALL.get(member.placed.ordinal() + 1);
        }
    }

    private void swap(Member member, int with) {
        Member other = members.get(with);
        members.set(member.slot, other);
        members.set(with, member);
        int hash = hashes[member.slot];
        hashes[member.slot] = hashes[with];
        hashes[with] = hash;
        other.slot = member.slot;
        member.slot = with;
    }

    private int begin(Reach reach) {
        return reach == Reach.LIVE_HERE ? 0 : end(Reach.ALL.get(reach.ordinal() - 1));
    }

    private int end(Reach reach) {
        return switch (reach) {
            case LIVE_HERE -> liveHere;
            case LIVE -> live;
            case HERE -> here;
            case ABSENT -> members.size();
        };
    }

    private void moveEnd(Reach reach, int by) {
        switch (reach) {
            case LIVE_HERE -> liveHere += by;
            case LIVE -> live += by;
            case HERE -> here += by;
            case ABSENT -> throw new IllegalArgumentException("the last has all the rest");
        }
    }
}

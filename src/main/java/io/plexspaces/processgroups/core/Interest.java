package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Audience;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group that have the same filter: they want the same messages, so they are found, counted and served
 * together. Part of the group's reading, and as little thread-safe as that.
 */
final class Interest {
    private final TopicFilter filter;
    private final Audience audience = new Audience();
    private final List<Member> members = new ArrayList<>();
    private final Map<NodeId, Integer> perNode = new HashMap<>(4);
    private @Nullable Map<NodeId, Integer> perNodeCopy;
    private int absent;

    Interest(TopicFilter filter) {
        this.filter = filter;
    }

    TopicFilter filter() {
        return filter;
    }

    /** Their sessions on this node. */
    Audience audience() {
        return audience;
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
            copy = Map.copyOf(perNode);
            perNodeCopy = copy;
        }
        return copy;
    }

    /** Members that nobody can reach now: see {@link Member#isAbsent}. */
    int absent() {
        return absent;
    }

    void add(Member member) {
        member.slot = members.size();
        members.add(member);
        count(member, 1);
    }

    void remove(Member member) {
        Member last = members.remove(members.size() - 1);
        if (last != member) {
            last.slot = member.slot;
            members.set(member.slot, last);
        }
        count(member, -1);
    }

    /** Takes a member out of the counts, or into them: to be called with -1 before it changes and with 1 after. */
    void count(Member member, int by) {
        perNodeCopy = null;
        for (NodeId node : member.nodes()) {
            perNode.merge(node, by, (a, b) -> a + b == 0 ? null : a + b);
        }
        absent += member.isAbsent() ? by : 0;
    }
}

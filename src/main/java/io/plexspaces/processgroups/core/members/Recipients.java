package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whom a message is for, found among the members at its own offset; counted without looking at each of them. */
public final class Recipients {
    private static final Recipients NONE = new Recipients(List.of(), null, null, null);

    private final List<Interest> interests;
    private final @Nullable Member only;
    private final @Nullable Member except;
    private final @Nullable NodeId on;

    private Recipients(List<Interest> interests, @Nullable Member only, @Nullable Member except, @Nullable NodeId on) {
        this.interests = interests;
        this.only = only;
        this.except = except;
        this.on = on;
    }

    /** To be used at once, in the group's serial queue. */
    public static Recipients of(Entry.Published entry, Members members) {
        if (entry.dispatch() instanceof Dispatch.Nobody) {
            return NONE;
        }
        if (entry.dispatch() instanceof Dispatch.To to) {
            Member only = members.get(to.actor());
            return only == null ? NONE : new Recipients(List.of(), only, null, null);
        }
        NodeId on = entry.dispatch() instanceof Dispatch.OnNode there ? there.node() : null;
        List<Interest> interests = members.wanting(entry.topic());
        return new Recipients(interests, null, excepted(entry, members, on), on);
    }

    /** Whether connections of this node take part in a message for one node. */
    public static boolean isHere(Dispatch dispatch, NodeId self) {
        return dispatch instanceof Dispatch.OnNode there && there.node().equals(self);
    }

    public Groups.PublishResult result(Position position, Groups.RecipientDetail wanted, AnswerBounds bounds) {
        int count = count();
        if (wanted == Groups.RecipientDetail.NONE) {
            return new Groups.PublishResult(position, count, 0, Map.of(), List.of(), false, false, false);
        }
        Map<NodeId, Integer> nodes = perNode();
        Map<NodeId, Integer> told = first(nodes, bounds.nodes());
        List<ActorId> ids = wanted == Groups.RecipientDetail.IDS ? ids(count, told.size(), bounds) : List.of();
        boolean truncated = wanted == Groups.RecipientDetail.IDS && ids.size() < count;
        return new Groups.PublishResult(
                position, count, failures(), told, ids, truncated, told.size() < nodes.size(), false);
    }

    /** The same, counting only those that were members already at {@code position}; looks at each of them. */
    public Groups.PublishResult resultAt(Position position, AnswerBounds bounds) {
        int count = 0;
        int failures = 0;
        Map<NodeId, Integer> nodes = new HashMap<>(4);
        List<ActorId> ids = new ArrayList<>();
        for (Member member : all()) {
            if (member.membership().joinedOffset() > position.offset()) {
                continue;
            }
            count++;
            failures += member.isAbsent() ? 1 : 0;
            for (NodeId node : member.nodes()) {
                if (on == null || node.equals(on)) {
                    nodes.merge(node, 1, Integer::sum);
                }
            }
            ids.add(member.membership().actor());
        }
        Map<NodeId, Integer> told = first(nodes, bounds.nodes());
        List<ActorId> named = first(ids, told.size(), bounds);
        return new Groups.PublishResult(
                position, count, failures, told, named, named.size() < count, told.size() < nodes.size(), true);
    }

    private static Map<NodeId, Integer> first(Map<NodeId, Integer> nodes, int most) {
        if (nodes.size() <= most) {
            return nodes;
        }
        Map<NodeId, Integer> first = new LinkedHashMap<>();
        for (Map.Entry<NodeId, Integer> node : nodes.entrySet()) {
            if (first.size() == most) {
                break;
            }
            first.put(node.getKey(), node.getValue());
        }
        return first;
    }

    private static List<ActorId> first(List<ActorId> ids, int nodes, AnswerBounds bounds) {
        int room = bounds.idRoom(nodes);
        int fitting = 0;
        while (fitting < Math.min(ids.size(), bounds.ids())) {
            room -= AnswerBounds.ID_BYTES + ids.get(fitting).value().length();
            if (room < 0) {
                break;
            }
            fitting++;
        }
        return ids.subList(0, fitting);
    }

    /** Each of them; looks at each. */
    public List<Member> all() {
        List<Member> all = new ArrayList<>();
        if (only != null) {
            all.add(only);
        }
        for (Interest interest : interests) {
            for (Member member : interest.members()) {
                if (member != except && (on == null || member.membership().isOn(on))) {
                    all.add(member);
                }
            }
        }
        return all;
    }

    private int count() {
        int count = only == null ? 0 : 1;
        for (int i = 0; i < interests.size(); i++) {
            Interest interest = interests.get(i);
            count += on == null ? interest.members().size() : interest.perNode().getOrDefault(on, 0);
        }
        return except == null ? count : count - 1;
    }

    private int failures() {
        int failures = only != null && !only.reach().isLive() ? 1 : 0;
        for (int i = 0; i < interests.size(); i++) {
            failures += interests.get(i).absent();
        }
        return except != null && except.isAbsent() ? failures - 1 : failures;
    }

    private Map<NodeId, Integer> perNode() {
        if (interests.size() == 1 && except == null && on == null) {
            return interests.get(0).perNodeCopy();
        }
        Map<NodeId, Integer> counts = new HashMap<>(4);
        if (only != null) {
            only.nodes().forEach(node -> counts.put(node, 1));
        }
        for (Interest interest : interests) {
            interest.perNode().forEach((node, count) -> counts.merge(node, count, Integer::sum));
        }
        if (except != null) {
            except.nodes().forEach(node -> counts.merge(node, -1, (a, b) -> a + b == 0 ? null : a + b));
        }
        if (on != null) {
            counts.keySet().retainAll(List.of(on));
        }
        return counts;
    }

    /** @param count how many there are: nobody is looked for behind the last */
    private List<ActorId> ids(int count, int nodes, AnswerBounds bounds) {
        int most = Math.min(count, bounds.ids());
        List<ActorId> ids = new ArrayList<>();
        if (only != null) {
            ids.add(only.membership().actor());
        }
        for (int i = 0; i < interests.size() && ids.size() < most; i++) {
            List<Member> members = interests.get(i).members();
            for (int j = 0; j < members.size() && ids.size() < most; j++) {
                Member member = members.get(j);
                if (member != except && (on == null || member.membership().isOn(on))) {
                    ids.add(member.membership().actor());
                }
            }
        }
        return first(ids, nodes, bounds);
    }

    private static @Nullable Member excepted(Entry.Published entry, Members members, @Nullable NodeId on) {
        ActorId sender = entry.message().sender();
        if (!entry.excludeSender() || sender == null) {
            return null;
        }
        Member member = members.get(sender);
        boolean counted = member != null
                && member.membership().filter().accepts(entry.topic())
                && (on == null || member.membership().isOn(on));
        return counted ? member : null;
    }
}

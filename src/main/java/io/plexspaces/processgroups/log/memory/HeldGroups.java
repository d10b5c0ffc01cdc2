package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Membership.Holding;
import io.plexspaces.processgroups.domain.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** In which groups each session holds joins. Thread-safe. */
final class HeldGroups {
    static final int MEMBERS_AT_ONCE = 1_000;

    private final Steps steps;

    /** How many owners of the session's id each group knows: two while its joins change hands. */
    private final ConcurrentMap<String, Map<GroupId, Integer>> bySession = new ConcurrentHashMap<>();

    HeldGroups(Steps steps) {
        this.steps = steps;
    }

    /** Of all members of a group that is no more; of many, by steps that come later. */
    void forget(GroupId group, Collection<Membership> members) {
        Iterator<Membership> left = members.iterator();
        steps.run(() -> {
            for (int i = 0; i < MEMBERS_AT_ONCE && left.hasNext(); i++) {
                mark(left.next(), group, false);
            }
            return left.hasNext();
        });
    }

    /** Of the sessions that hold joins of a member. */
    void mark(Membership membership, GroupId group, boolean add) {
        List<Holding> holdings = membership.holdings();
        for (int i = 0; i < holdings.size(); i++) {
            if (holdings.get(i).owner() instanceof Owner.Session session) {
                mark(session.id(), group, add);
            }
        }
    }

    private void mark(String session, GroupId group, boolean add) {
        bySession.compute(session, (id, known) -> {
            Map<GroupId, Integer> groups = known == null ? new HashMap<>(2) : known;
            groups.merge(group, add ? 1 : -1, (before, more) -> before + more == 0 ? null : before + more);
            return groups.isEmpty() ? null : groups;
        });
    }

    /** Unordered. */
    List<GroupId> of(String session) {
        List<GroupId> found = new ArrayList<>();
        bySession.computeIfPresent(session, (id, groups) -> {
            found.addAll(groups.keySet());
            return groups;
        });
        return found;
    }
}

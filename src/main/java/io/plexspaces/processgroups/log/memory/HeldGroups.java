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
import org.jspecify.annotations.Nullable;

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
                change(left.next(), null, group);
            }
            return left.hasNext();
        });
    }

    /**
     * Of the sessions that hold joins of a member. What is the same before and after is not looked at further: a member
     * may have many, of which one changes.
     *
     * @param before null: was no member
     * @param after null: is no member
     */
    void change(@Nullable Membership before, @Nullable Membership after, GroupId group) {
        List<Holding> old = before == null ? List.of() : before.holdings();
        List<Holding> now = after == null ? List.of() : after.holdings();
        int shorter = Math.min(old.size(), now.size());
        int first = 0;
        while (first < shorter && old.get(first).equals(now.get(first))) {
            first++;
        }
        int last = 0;
        while (last < shorter - first && old.get(old.size() - 1 - last).equals(now.get(now.size() - 1 - last))) {
            last++;
        }
        // New ones first: a concurrent look-up of a session must not miss a join that only changes its owner.
        mark(now.subList(first, now.size() - last), group, true);
        mark(old.subList(first, old.size() - last), group, false);
    }

    private void mark(List<Holding> holdings, GroupId group, boolean add) {
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

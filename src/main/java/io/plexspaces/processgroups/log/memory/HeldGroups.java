package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.GroupId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** In which groups each session holds joins. Thread-safe. */
final class HeldGroups {
    /** How many owners of the session's id each group knows: two while its joins change hands. */
    private final ConcurrentMap<String, Map<GroupId, Integer>> bySession = new ConcurrentHashMap<>();

    void mark(String session, GroupId group, boolean add) {
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

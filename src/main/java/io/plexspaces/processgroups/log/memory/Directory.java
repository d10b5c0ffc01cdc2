package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GlobMatcher;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.SerialQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which groups there are, and who follows that. Changes and followers of a namespace belong to its serial queue
 * ({@link #execute}); lookups may come from any thread. Keeps nothing of a namespace without groups and followers.
 */
final class Directory {
    /** Namespaces share this many queues, since a client can make up any number of namespaces. */
    private static final int QUEUES = 64;

    /** No name is less: names begin with a letter or digit. */
    private static final String FIRST_NAME = "0";

    private static final ConcurrentNavigableMap<String, MemoryGroup> NONE = new ConcurrentSkipListMap<>();

    private final LogLimits limits;
    private final ConcurrentMap<GroupId, MemoryGroup> byId = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<Namespace, ConcurrentNavigableMap<String, MemoryGroup>> byName =
            new ConcurrentSkipListMap<>();
    private final ConcurrentMap<String, Integer> perTenant = new ConcurrentHashMap<>();
    private final ConcurrentMap<Namespace, Readings<NamespaceReader>> followers = new ConcurrentHashMap<>();
    private final SerialQueue[] queues = new SerialQueue[QUEUES];

    Directory(LogLimits limits) {
        this.limits = limits;
        for (int i = 0; i < QUEUES; i++) {
            queues[i] = new SerialQueue();
        }
    }

    void execute(Namespace namespace, Runnable task) {
        int hash = namespace.hashCode();
        queues[(hash ^ (hash >>> 16)) & (QUEUES - 1)].execute(task);
    }

    @Nullable
    MemoryGroup find(GroupId id) {
        return byId.get(id);
    }

    /** GROUP_EXISTS; EPOCH_CHANGED when an epoch is asked for, since there is none. In the namespace's queue. */
    void requireNone(GroupId id, @Nullable String epoch) {
        MemoryGroup present = byId.get(id);
        if (present != null) {
            if (!present.isDeleted()) {
                throw GroupException.of(ErrorCode.GROUP_EXISTS, "group " + id.name() + " exists");
            }
            // Its delete has not arrived here yet, and must not make this creation fail.
            remove(present);
        }
        if (epoch != null) {
            throw GroupException.of(ErrorCode.EPOCH_CHANGED, "there is no group " + id.name());
        }
    }

    /** LIMIT_EXCEEDED; QUOTA_EXCEEDED. In the namespace's queue, after {@link #requireNone}. */
    void add(MemoryGroup group) {
        GroupInfo info = group.info();
        GroupId id = info.id();
        perTenant.compute(id.tenant(), (tenant, count) -> countedUp(tenant, count));
        byId.put(id, group);
        byName.computeIfAbsent(id.namespace(), namespace -> new ConcurrentSkipListMap<>())
                .put(id.name(), group);
        tell(id.namespace(), reader -> reader.created(info));
    }

    /** Does nothing when it was removed before. In the namespace's queue. */
    void remove(MemoryGroup group) {
        GroupInfo info = group.info();
        GroupId id = info.id();
        if (!byId.remove(id, group)) {
            return;
        }
        Map<String, MemoryGroup> names = byName.get(id.namespace());
        if (names != null) {
            names.remove(id.name());
            if (names.isEmpty()) {
                byName.remove(id.namespace());
            }
        }
        perTenant.compute(id.tenant(), (tenant, count) -> count == null || count == 1 ? null : count - 1);
        tell(id.namespace(), reader -> reader.deleted(info));
    }

    /** In the namespace's queue. */
    Reading<NamespaceReader> follow(Namespace namespace, NamespaceReader reader) {
        Reading<NamespaceReader> reading = new Reading<>(
                reader,
                closed -> execute(namespace, () -> forget(namespace, closed)),
                failed -> failed.failed(
                        GroupException.of(ErrorCode.INTERNAL, "the namespace could not be read any further")));
        List<GroupInfo> present = new ArrayList<>();
        for (MemoryGroup group : byName.getOrDefault(namespace, NONE).values()) {
            present.add(group.info());
        }
        reading.tell(told -> told.snapshot(present));
        followers.computeIfAbsent(namespace, key -> new Readings<>()).add(reading);
        return reading;
    }

    /** On any thread; takes time by the names that begin like the pattern. */
    GroupPage list(GroupQuery query) {
        Listing listing = new Listing(query);
        if (query.namespace() != null) {
            Namespace namespace = new Namespace(query.tenant(), query.namespace());
            listing.addAll(byName.getOrDefault(namespace, NONE));
            return listing.page();
        }
        NavigableMap<Namespace, ConcurrentNavigableMap<String, MemoryGroup>> fromTenant =
                byName.tailMap(new Namespace(query.tenant(), FIRST_NAME), true);
        for (Map.Entry<Namespace, ConcurrentNavigableMap<String, MemoryGroup>> entry : fromTenant.entrySet()) {
            if (!entry.getKey().tenant().equals(query.tenant())) {
                break;
            }
            listing.addAll(entry.getValue());
        }
        return listing.page();
    }

    /** The answer to one query as it grows. */
    private static final class Listing {
        private final GroupQuery query;
        private final GlobMatcher names;
        private final String prefix;
        private final List<GroupInfo> found = new ArrayList<>();
        private boolean more;
        private int total;

        Listing(GroupQuery query) {
            this.query = query;
            this.names = query.names().matcher();
            this.prefix = query.names().prefix();
        }

        void addAll(NavigableMap<String, MemoryGroup> groups) {
            for (Map.Entry<String, MemoryGroup> entry :
                    groups.tailMap(prefix, true).entrySet()) {
                if (!entry.getKey().startsWith(prefix)) {
                    break;
                }
                if (names.matches(entry.getKey()) && !entry.getValue().isDeleted()) {
                    total++;
                    add(entry.getValue());
                }
            }
        }

        GroupPage page() {
            return new GroupPage(List.copyOf(found), more, total);
        }

        private void add(MemoryGroup group) {
            if (query.after() != null && group.id().compareTo(query.after()) <= 0) {
                return;
            }
            if (found.size() < query.limit()) {
                found.add(group.info());
            } else {
                more = true;
            }
        }
    }

    private int countedUp(String tenant, @Nullable Integer count) {
        int before = count == null ? 0 : count;
        int quota = limits.quotas().groups(tenant);
        if (quota > 0 && before >= quota) {
            throw limits.quotas().groupsExceeded(tenant);
        }
        if (before >= limits.groupsPerTenant()) {
            throw GroupException.limit("groups-per-tenant", limits.groupsPerTenant());
        }
        return before + 1;
    }

    private void tell(Namespace namespace, Consumer<NamespaceReader> call) {
        Readings<NamespaceReader> readings = followers.get(namespace);
        if (readings != null) {
            readings.tell(call);
        }
    }

    private void forget(Namespace namespace, Reading<NamespaceReader> closed) {
        Readings<NamespaceReader> readings = followers.get(namespace);
        if (readings != null) {
            readings.remove(closed);
            if (readings.isEmpty()) {
                followers.remove(namespace);
            }
        }
    }
}

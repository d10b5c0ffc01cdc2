package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Quotas of tenants whose names begin so, by default with {@link #PREFIX}; counts what was refused of each. */
public final class FewQuotas implements StoreQuotas {
    public static final String PREFIX = "few-";
    public static final int GROUPS = 3;
    public static final int MEMBERS = 5;

    private final String prefix;
    private final int groups;
    private final int members;
    private final Map<String, Integer> refusedGroups = new ConcurrentHashMap<>();
    private final Map<String, Integer> refusedMembers = new ConcurrentHashMap<>();

    public FewQuotas() {
        this(PREFIX, GROUPS, MEMBERS);
    }

    public FewQuotas(String prefix, int groups, int members) {
        this.prefix = prefix;
        this.groups = groups;
        this.members = members;
    }

    int refusedGroups(String tenant) {
        return refusedGroups.getOrDefault(tenant, 0);
    }

    int refusedMembers(String tenant) {
        return refusedMembers.getOrDefault(tenant, 0);
    }

    @Override
    public int groups(String tenant) {
        return tenant.startsWith(prefix) ? groups : 0;
    }

    @Override
    public int members(String tenant) {
        return tenant.startsWith(prefix) ? members : 0;
    }

    @Override
    public GroupException groupsExceeded(String tenant) {
        refusedGroups.merge(tenant, 1, Integer::sum);
        return GroupException.quota("groups", groups, Duration.ZERO);
    }

    @Override
    public GroupException membersExceeded(String tenant) {
        refusedMembers.merge(tenant, 1, Integer::sum);
        return GroupException.quota("members", members, Duration.ZERO);
    }
}

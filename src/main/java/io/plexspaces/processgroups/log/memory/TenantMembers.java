package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.StoreQuotas;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many members tenants with a quota have in all their groups. Keeps nothing of a tenant without members.
 * Thread-safe.
 */
final class TenantMembers {
    private final StoreQuotas quotas;
    private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

    TenantMembers(StoreQuotas quotas) {
        this.quotas = quotas;
    }

    /** For one group of a tenant. */
    Share of(String tenant) {
        return new Share(tenant, quotas.members(tenant));
    }

    /**
     * What one group has of it. Used by one thread at a time.
     *
     * <p>Places are taken before members are made, and what was not used is given back: {@link #settle} makes it the
     * number of members there are, whatever has failed in between.
     */
    final class Share {
        private final String tenant;
        private final int quota;
        private int taken;

        private Share(String tenant, int quota) {
            this.tenant = tenant;
            this.quota = quota;
        }

        /** @throws io.plexspaces.processgroups.domain.GroupException QUOTA_EXCEEDED, and nothing is taken */
        void take(int newcomers) {
            if (quota == 0 || newcomers == 0) {
                return;
            }
            counts.compute(tenant, (name, count) -> {
                int all = (count == null ? 0 : count) + newcomers;
                if (all > quota) {
                    throw quotas.membersExceeded(tenant);
                }
                return all;
            });
            taken += newcomers;
        }

        /** There are so many members now. */
        void settle(int members) {
            int more = members - taken;
            if (quota > 0 && more != 0) {
                counts.merge(tenant, more, (a, b) -> a + b == 0 ? null : a + b);
                taken = members;
            }
        }
    }
}

package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.GroupException;
import java.time.Duration;

/**
 * How many live connections a node has, and for how long.
 *
 * @param perActor of one actor in one namespace, ≥ 1
 * @param perTenant of one tenant, ≥ 1
 * @param maxAge about when a connection is told to come back elsewhere; 0: never
 * @param notice between being told and the end
 * @param quota of single tenants, below {@code perTenant}
 */
public record ConnectionSettings(int perActor, int perTenant, Duration maxAge, Duration notice, TenantQuota quota) {
    /** Without quotas. */
    public ConnectionSettings(int perActor, int perTenant, Duration maxAge, Duration notice) {
        this(perActor, perTenant, maxAge, notice, TenantQuota.NONE);
    }

    /** How many connections a tenant is given. Thread-safe. */
    public interface TenantQuota {
        /** As many as any tenant may have. */
        TenantQuota NONE = new TenantQuota() {
            @Override
            public int of(String tenant) {
                return 0;
            }

            @Override
            public GroupException exceeded(String tenant) {
                return GroupException.quota("sessions", 0, Duration.ZERO);
            }
        };

        /** 0: as many as any tenant may have. */
        int of(String tenant);

        /** Is told of each that was one too many, and says how that is told to the client. */
        GroupException exceeded(String tenant);
    }
}

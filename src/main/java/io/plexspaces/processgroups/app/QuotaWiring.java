package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.StoreQuotas;
import io.plexspaces.processgroups.observe.ObservedAccess;
import io.plexspaces.processgroups.quota.QuotaSettings;
import io.plexspaces.processgroups.quota.Quotas;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** Makes quotas out of the configuration. */
@Singleton
final class QuotaWiring {
    private final ProcessGroupsConfig config;

    QuotaWiring(ProcessGroupsConfig config) {
        this.config = config;
    }

    @Produces
    @Singleton
    Quotas quotas(ObservedAccess access) {
        return new Quotas(limits(config.quotas()), System::nanoTime, access::exceeded);
    }

    @Produces
    @Singleton
    ConnectionSettings.TenantQuota sessions(Quotas quotas) {
        return new ConnectionSettings.TenantQuota() {
            @Override
            public int of(String tenant) {
                return quotas.sessions(tenant);
            }

            @Override
            public GroupException exceeded(String tenant) {
                return quotas.sessionsExceeded(tenant);
            }
        };
    }

    @Produces
    @Singleton
    StoreQuotas inTheStore(Quotas quotas) {
        return new StoreQuotas() {
            @Override
            public int groups(String tenant) {
                return quotas.groups(tenant);
            }

            @Override
            public int members(String tenant) {
                return quotas.members(tenant);
            }

            @Override
            public GroupException groupsExceeded(String tenant) {
                return quotas.groupsExceeded(tenant);
            }

            @Override
            public GroupException membersExceeded(String tenant) {
                return quotas.membersExceeded(tenant);
            }
        };
    }

    static Quotas.Limits limits(ProcessGroupsConfig.Quotas config) {
        ProcessGroupsConfig.TenantQuota usual = config.byDefault();
        QuotaSettings byDefault = new QuotaSettings(
                usual.requests(),
                usual.publishes(),
                usual.publishedBytes(),
                usual.sessions(),
                usual.groups(),
                usual.members());
        Map<String, QuotaSettings> own = new HashMap<>();
        config.tenants()
                .forEach((tenant, of) -> own.put(
                        tenant,
                        new QuotaSettings(
                                or(of.requests(), usual.requests()),
                                or(of.publishes(), usual.publishes()),
                                or(of.publishedBytes(), usual.publishedBytes()),
                                or(of.sessions(), usual.sessions()),
                                or(of.groups(), usual.groups()),
                                or(of.members(), usual.members()))));
        ProcessGroupsConfig.SessionQuota session = config.session();
        return new Quotas.Limits(
                byDefault,
                own,
                new QuotaSettings(session.requests(), session.publishes(), session.publishedBytes(), 0));
    }

    private static int or(int own, int byDefault) {
        return own < 0 ? byDefault : own;
    }
}

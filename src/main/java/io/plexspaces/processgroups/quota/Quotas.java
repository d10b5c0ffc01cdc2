package io.plexspaces.processgroups.quota;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much of this node each tenant may use, and each session. What is beyond it is refused with QUOTA_EXCEEDED, before
 * anything is done. A session's own quota is asked first, so that one that floods uses up less of its tenant's. What a
 * tenant may have in the store is only said here: the store counts that. Thread-safe.
 */
public final class Quotas {
    private final Limits limits;
    private final @Nullable Tenants tenants;
    private final LongSupplier nanos;
    private final Consumer<Quota> rejected;

    /**
     * @param byDefault of each tenant that has none of its own
     * @param own of tenants by name, instead of those
     * @param session of each session
     */
    public record Limits(QuotaSettings byDefault, Map<String, QuotaSettings> own, QuotaSettings session) {
        public Limits {
            own = Map.copyOf(own);
        }

        private boolean haveRatesOfTenants() {
            return byDefault.hasRates() || own.values().stream().anyMatch(QuotaSettings::hasRates);
        }
    }

    /**
     * @param nanos a monotonic clock
     * @param rejected told of each refusal; must be quick and never throw
     */
    public Quotas(Limits limits, LongSupplier nanos, Consumer<Quota> rejected) {
        this.limits = limits;
        this.nanos = nanos;
        this.rejected = rejected;
        this.tenants = limits.haveRatesOfTenants() ? new Tenants(limits.byDefault(), limits.own(), nanos) : null;
    }

    /** For requests outside of sessions; null: nothing is counted. */
    public @Nullable Meter meter() {
        return tenants == null && !limits.session().hasRates() ? null : new Meter(null);
    }

    /** Live connections that a tenant may have here; 0: no quota. */
    public int sessions(String tenant) {
        return settings(tenant).sessions();
    }

    /** Groups that a tenant may have in the store; 0: no quota. */
    public int groups(String tenant) {
        return settings(tenant).groups();
    }

    /** Members of all of its groups; 0: no quota. */
    public int members(String tenant) {
        return settings(tenant).members();
    }

    private QuotaSettings settings(String tenant) {
        return limits.own().getOrDefault(tenant, limits.byDefault());
    }

    /** It has them. When there is room again, nobody knows. */
    public GroupException sessionsExceeded(String tenant) {
        return exceeded(Quota.SESSIONS, sessions(tenant));
    }

    /** The same of groups. */
    public GroupException groupsExceeded(String tenant) {
        return exceeded(Quota.GROUPS, groups(tenant));
    }

    /** The same of members. */
    public GroupException membersExceeded(String tenant) {
        return exceeded(Quota.MEMBERS, members(tenant));
    }

    private GroupException exceeded(Quota quota, int most) {
        rejected.accept(quota);
        return GroupException.quota(quota.label(), most, Duration.ZERO);
    }

    /** What one session, or whoever has none, is counted by. */
    public final class Meter {
        private final @Nullable Rates session;

        private Meter(@Nullable Rates session) {
            this.session = session;
        }

        /** For the requests of one session. */
        public Meter ofSession() {
            return limits.session().hasRates() ? new Meter(new Rates(limits.session(), nanos)) : this;
        }

        /** @throws GroupException QUOTA_EXCEEDED: the request may not be looked at, and has used up nothing */
        public void request(String tenant) {
            take(List.of(new Cost(session, Quota.SESSION_REQUESTS, 1), new Cost(ratesOf(tenant), Quota.REQUESTS, 1)));
        }

        /**
         * For a request that publishes, instead of {@link #request}.
         *
         * @throws GroupException QUOTA_EXCEEDED: the message may not be published, and has used up nothing
         */
        public void publish(String tenant, int bytes) {
            Rates shared = ratesOf(tenant);
            take(List.of(
                    new Cost(session, Quota.SESSION_REQUESTS, 1),
                    new Cost(session, Quota.SESSION_PUBLISHES, 1),
                    new Cost(session, Quota.SESSION_PUBLISHED_BYTES, bytes),
                    new Cost(shared, Quota.REQUESTS, 1),
                    new Cost(shared, Quota.PUBLISHES, 1),
                    new Cost(shared, Quota.PUBLISHED_BYTES, bytes)));
        }

        private @Nullable Rates ratesOf(String tenant) {
            return tenants == null ? null : tenants.of(tenant);
        }

        private void take(List<Cost> costs) {
            for (int i = 0; i < costs.size(); i++) {
                Cost next = costs.get(i);
                Rate rate = next.rate();
                long wait = rate == null ? 0 : rate.take(next.units());
                if (rate != null && wait > 0) {
                    costs.subList(0, i).forEach(Cost::giveBack);
                    rejected.accept(next.quota());
                    throw GroupException.quota(next.quota().label(), rate.perSecond(), Duration.ofNanos(wait));
                }
            }
        }
    }

    /** @param from null: there is no quota */
    private record Cost(@Nullable Rates from, Quota quota, int units) {
        @Nullable
        Rate rate() {
            return from == null ? null : from.of(quota);
        }

        void giveBack() {
            Rate rate = rate();
            if (rate != null) {
                rate.giveBack(units);
            }
        }
    }
}

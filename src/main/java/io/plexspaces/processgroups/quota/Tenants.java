package io.plexspaces.processgroups.quota;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The rates of each tenant. Those with quotas of their own have theirs for good. Of the others, whose names clients may
 * choose, {@link #MOST} are known at a time: one that has used nothing for a while is as a new one, and is forgotten
 * when another comes. Beyond that many that all use something within a second, further ones share the rates of
 * {@link #REST} tenants: so they are bounded, and not slowed down by each other before they use as much. Thread-safe.
 */
final class Tenants {
    static final int MOST = 10_000;
    static final int REST = 100;
    private static final long SECOND = 1_000_000_000L;

    private final QuotaSettings byDefault;
    private final LongSupplier nanos;
    private final Map<String, Rates> own = new HashMap<>();
    private final Map<String, Rates> others = new ConcurrentHashMap<>();
    private final Rates rest;

    /** When those that may be forgotten were last looked for. */
    private final AtomicLong looked;

    Tenants(QuotaSettings byDefault, Map<String, QuotaSettings> own, LongSupplier nanos) {
        this.byDefault = byDefault;
        this.nanos = nanos;
        this.looked = new AtomicLong(nanos.getAsLong());
        this.rest = new Rates(byDefault.times(REST), nanos);
        own.forEach((tenant, settings) -> this.own.put(tenant, new Rates(settings, nanos)));
    }

    Rates of(String tenant) {
        Rates known = own.get(tenant);
        if (known == null) {
            known = others.get(tenant);
        }
        return known == null ? another(tenant) : known;
    }

    private Rates another(String tenant) {
        if (!byDefault.hasRates()) {
            return rest;
        }
        forgetSome();
        // Several threads at once may make it a few more than that.
        if (others.size() >= MOST) {
            return rest;
        }
        return others.computeIfAbsent(tenant, unknown -> new Rates(byDefault, nanos));
    }

    /** Once a second at most, as it looks at all of them. What one uses at this very moment may be forgotten, too. */
    private void forgetSome() {
        long now = nanos.getAsLong();
        long before = looked.get();
        if (now - before >= SECOND && looked.compareAndSet(before, now)) {
            others.values().removeIf(Rates::areNew);
        }
    }

    /** Those whose names clients chose. */
    int known() {
        return others.size();
    }
}

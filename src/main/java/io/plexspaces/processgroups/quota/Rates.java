package io.plexspaces.processgroups.quota;

import io.plexspaces.processgroups.domain.Rate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one tenant, or one session, has used of its rates. Thread-safe. */
final class Rates {
    private final @Nullable Rate requests;
    private final @Nullable Rate publishes;
    private final @Nullable Rate publishedBytes;

    Rates(QuotaSettings settings, LongSupplier nanos) {
        requests = rate(settings.requests(), nanos);
        publishes = rate(settings.publishes(), nanos);
        publishedBytes = rate(settings.publishedBytes(), nanos);
    }

    private static @Nullable Rate rate(int perSecond, LongSupplier nanos) {
        return perSecond == 0 ? null : new Rate(perSecond, nanos);
    }

    /** Of requests, publishes or bytes; null: no quota. */
    @Nullable
    Rate of(Quota quota) {
        return switch (quota) {
            case REQUESTS, SESSION_REQUESTS -> requests;
            case PUBLISHES, SESSION_PUBLISHES -> publishes;
            case PUBLISHED_BYTES, SESSION_PUBLISHED_BYTES -> publishedBytes;
            case SESSIONS, GROUPS, MEMBERS -> null;
        };
    }

    /** Whether nothing is lost when these are forgotten and made anew. */
    boolean areNew() {
        return isNew(requests) && isNew(publishes) && isNew(publishedBytes);
    }

    private static boolean isNew(@Nullable Rate rate) {
        return rate == null || rate.isNew();
    }
}

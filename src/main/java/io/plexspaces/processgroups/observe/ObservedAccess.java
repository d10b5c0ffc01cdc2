package io.plexspaces.processgroups.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Witness;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.AuthFailures;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts callers that were not let in, and requests for which rights were missing. Thread-safe. */
public final class ObservedAccess implements Witness, AuthFailures {
    private final Map<AuthFailure, Counter> failures = new EnumMap<>(AuthFailure.class);
    private final Map<Right, Counter> denials = new EnumMap<>(Right.class);

    public ObservedAccess(MeterRegistry registry) {
        for (AuthFailure reason : AuthFailure.values()) {
            failures.put(
                    reason,
                    Counter.builder(GroupMetrics.PREFIX + "auth_failures")
                            .description("Callers that were not let in, by reason")
                            .tag("reason", reason.label())
                            .register(registry));
        }
        for (Right right : Right.values()) {
            denials.put(
                    right,
                    Counter.builder(GroupMetrics.PREFIX + "denied")
                            .description("Requests that the rights of their callers did not cover")
                            .tag("operation", right.label())
                            .register(registry));
        }
    }

    @Override
    public void refused(AuthFailure reason, @Nullable SocketAddress from) {
        Objects.requireNonNull(failures.get(reason)).increment();
    }

    @Override
    public void denied(Attempt attempt, Right right, String field) {
        Objects.requireNonNull(denials.get(right)).increment();
    }

    @Override
    public void managed(Attempt attempt) {}
}

package io.plexspaces.processgroups.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Witness;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.AuthFailures;
import io.plexspaces.processgroups.quota.Quota;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts callers that were not let in, requests for which rights were missing, and those beyond a quota; and writes
 * the audit log, if there is one. Thread-safe.
 */
public final class ObservedAccess implements Witness, AuthFailures {
    private final Map<AuthFailure, Counter> failures = new EnumMap<>(AuthFailure.class);
    private final Map<Right, Counter> denials = new EnumMap<>(Right.class);

    private final Map<Quota, Counter> exceeded = new EnumMap<>(Quota.class);
    private final @Nullable AuditLog audit;

    /** @param audit null: there is none */
    public ObservedAccess(MeterRegistry registry, @Nullable AuditLog audit) {
        this.audit = audit;
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
        for (Quota quota : Quota.values()) {
            exceeded.put(
                    quota,
                    Counter.builder(GroupMetrics.PREFIX + "quota_rejections")
                            .description("Requests that were beyond a quota")
                            .tag("quota", quota.label())
                            .register(registry));
        }
    }

    /** A request was refused, as there is none left of this quota. */
    public void exceeded(Quota quota) {
        Objects.requireNonNull(exceeded.get(quota)).increment();
    }

    @Override
    public void refused(AuthFailure reason, @Nullable SocketAddress from) {
        Objects.requireNonNull(failures.get(reason)).increment();
        if (audit != null) {
            audit.notLetIn(reason.label(), from);
        }
    }

    @Override
    public void denied(Attempt attempt, Right right, String field) {
        Objects.requireNonNull(denials.get(right)).increment();
        if (audit != null) {
            audit.denied(attempt, (field.isEmpty() ? "" : field + ": ") + right.label() + " is not permitted");
        }
    }

    @Override
    public void managed(Attempt attempt, boolean known) {
        if (audit != null) {
            audit.managed(attempt, known);
        }
    }

    @Override
    public boolean asksWhere() {
        return audit != null;
    }
}

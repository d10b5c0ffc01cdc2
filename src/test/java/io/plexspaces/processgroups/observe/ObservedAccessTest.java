package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Witness.Right;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.quota.Quota;
import org.junit.jupiter.api.Test;

class ObservedAccessTest {
    private static final String PREFIX = "plexspaces_process_groups_";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ObservedAccess access = new ObservedAccess(registry, null);

    private String value(String series) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(PREFIX + series))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }

    @Test
    void everyReasonAndOperation_isThereFromTheStart() {
        for (AuthFailure reason : AuthFailure.values()) {
            assertThat(value("auth_failures_total{reason=\"" + reason.label() + "\""))
                    .isEqualTo("0.0");
        }
        for (Right right : Right.values()) {
            assertThat(value("denied_total{operation=\"" + right.label() + "\""))
                    .isEqualTo("0.0");
        }
    }

    @Test
    void eachRefusal_countsOnce_underWhatItFailedOn() {
        access.refused(AuthFailure.EXPIRED, null);
        access.exceeded(Quota.SESSION_REQUESTS);
        access.denied(new Attempt(Caller.nobody(), null, "create", "acme", "default", "room", null), Right.MANAGE, "");

        assertThat(value("auth_failures_total{reason=\"expired\"")).isEqualTo("1.0");
        assertThat(value("auth_failures_total{reason=\"missing\"")).isEqualTo("0.0");
        assertThat(value("quota_rejections_total{quota=\"session.requests\"")).isEqualTo("1.0");
        assertThat(value("quota_rejections_total{quota=\"requests\"")).isEqualTo("0.0");
        assertThat(value("denied_total{operation=\"manage\"")).isEqualTo("1.0");
        assertThat(value("denied_total{operation=\"read\"")).isEqualTo("0.0");
    }
}

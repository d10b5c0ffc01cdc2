package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupException;
import org.junit.jupiter.api.Test;

class ObservedRefusalsTest {
    @Test
    void refusedRequest_countsAsAnErrorOfItsOperation() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ObservedRefusals refusals = new ObservedRefusals(new GroupMetrics(registry, 10), new RequestLog(10));

        refusals.refused(UseCase.JOIN, GroupException.invalid("group_name", "must not be empty"));
        refusals.refused(UseCase.WATCH, new IllegalStateException("a defect"));
        refusals.unreadable(GroupException.invalid("request", "malformed JSON"));

        assertThat(registry.scrape())
                .contains("plexspaces_process_groups_unreadable_requests_total 1.0")
                .containsPattern("plexspaces_process_groups_join_errors_total\\{error=\"INVALID_ARGUMENT\",?} 1\\.0")
                .containsPattern("plexspaces_process_groups_watch_errors_total\\{error=\"INTERNAL\",?} 1\\.0");
    }
}

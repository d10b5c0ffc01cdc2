package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.deploy.Monitoring;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** What the dashboard and the alerts ask for is what a server exports. */
@QuarkusTest
class ExportedMetricsTest extends LiveServer {
    /** Errors have no series before the first of their kind. */
    private static final String ERRORS = "_errors_total";

    @Test
    void everyQueriedSeries_isExported() {
        assertThat(Monitoring.queried())
                .filteredOn(name -> !name.endsWith(ERRORS))
                .hasSizeGreaterThan(30)
                .isSubsetOf(new Management(webSocket).series());
    }
}

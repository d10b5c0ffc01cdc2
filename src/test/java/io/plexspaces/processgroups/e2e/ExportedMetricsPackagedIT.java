package io.plexspaces.processgroups.e2e;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.quarkus.test.junit.TestProfile;

/** The same of the service as it is packaged. */
@QuarkusIntegrationTest
@TestProfile(Packaged.class)
class ExportedMetricsPackagedIT extends ExportedMetricsTest {}

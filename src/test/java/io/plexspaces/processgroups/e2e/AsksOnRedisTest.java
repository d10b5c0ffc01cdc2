package io.plexspaces.processgroups.e2e;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The same with the groups in Redis. */
@QuarkusTest
@TestProfile(OnRedis.class)
class AsksOnRedisTest extends AsksTest {}

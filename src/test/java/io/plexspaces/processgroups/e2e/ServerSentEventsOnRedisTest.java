package io.plexspaces.processgroups.e2e;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The same with the groups in Redis: a client sees no difference between the stores. */
@QuarkusTest
@TestProfile(OnRedis.class)
class ServerSentEventsOnRedisTest extends ServerSentEventsTest {}

package io.plexspaces.processgroups.e2e;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the service says of its store. */
@QuarkusTest
@TestProfile(OnRedis.class)
class RedisReadinessTest extends LiveServer {
    @Test
    void ready_withAStoreThatAnswersAndALease() {
        client.create("room");
        Awaitility.await().until(new Management(webSocket)::isReady);
    }
}

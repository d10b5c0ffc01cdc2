package io.plexspaces.processgroups.cluster;

import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/** Three servers, all of them ready when a test begins; each test has a tenant of its own. */
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnNodes {
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private @Nullable RedisProcess redis;

    Nodes nodes;
    String tenant;

    @BeforeEach
    final void makeReady(TestInfo test) {
        String name = getClass().getSimpleName() + "." + test.getDisplayName();
        if (redis == null) {
            redis = RedisProcess.start(RedisBinaries.required(name));
            nodes = new Nodes(redis, environment());
        }
        tenant = "t-" + UUID.randomUUID();
        nodes.complete();
    }

    @AfterEach
    final void disconnect() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        open.clear();
    }

    @AfterAll
    final void stop() {
        if (redis != null) {
            nodes.close();
            redis.close();
        }
    }

    /** What the servers are configured with beside the usual. */
    Map<String, String> environment() {
        return Map.of();
    }

    /** A connection to a node, for this test's tenant. */
    final GrpcClient on(String node) {
        return on(nodes.get(node));
    }

    final GrpcClient on(NodeProcess node) {
        return closing(GrpcClient.connect(node.grpcPort(), tenant));
    }

    /** Closes it after the test. */
    final <T extends AutoCloseable> T closing(T one) {
        open.add(one);
        return one;
    }
}

package io.plexspaces.processgroups.cluster;

import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final Deque<AutoCloseable> last = new ArrayDeque<>();

    Nodes nodes;
    String tenant;

    @BeforeEach
    final void makeReady(TestInfo test) {
        if (nodes == null) {
            nodes = closingLast(begin(getClass().getSimpleName() + "." + test.getDisplayName()));
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
    final void stop() throws Exception {
        while (!last.isEmpty()) {
            last.pop().close();
        }
    }

    /** What the servers are configured with beside the usual. */
    Map<String, String> environment() {
        return Map.of();
    }

    /**
     * The nodes of all tests here, none of them started, and their store, which is.
     *
     * @param test skipped, by this name, when something is missing on this machine
     */
    Nodes begin(String test) {
        RedisProcess redis = closingLast(RedisProcess.start(RedisBinaries.required(test)));
        return new Nodes(redis, node -> {
            Map<String, String> settings = new HashMap<>(environment());
            settings.put("QUARKUS_REDIS_HOSTS", redis.address());
            return settings;
        });
    }

    /** Closes it after all tests, those before it later. */
    final <T extends AutoCloseable> T closingLast(T one) {
        last.push(one);
        return one;
    }

    /** Lets time pass, as a store or a lease needs it. */
    static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
    }

    /** For readers of the build's log. */
    static void say(String measured) {
        System.out.println("MEASURED " + measured);
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

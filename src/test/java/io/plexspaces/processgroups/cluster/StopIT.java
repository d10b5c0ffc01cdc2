package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.plexspaces.processgroups.api.websocket.RawClient;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stop in the midst of calls: each gets its answer, or the error that the node is stopping. */
@Isolated
class StopIT {
    private static final String ROOM = "room";
    private static final int CALLERS = 6;
    private static final int DEAF = 20;

    /** What a call came to, other than its answer. */
    private final Set<String> refusals = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = {"memory", "redis"})
    void calls_areAnsweredOrToldThatItStops(String store, TestInfo test) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.required(test.getDisplayName()))) {
            Map<String, String> settings = new HashMap<>(Map.of(
                    "PROCESSGROUPS_STORE", store,
                    "PROCESSGROUPS_DRAIN_PERIOD", "1S",
                    "PROCESSGROUPS_DRAIN_NOTICE", "0S",
                    "QUARKUS_SHUTDOWN_DELAY", "PT0.3S"));
            if (store.equals("redis")) {
                settings.put("QUARKUS_REDIS_HOSTS", redis.address());
            }
            try (NodeProcess node = NodeProcess.start("stops", folder, settings).awaitReady();
                    GrpcClient deaf = GrpcClient.connect(node.grpcPort(), "acme")) {
                deaf.create(ROOM);
                for (int i = 0; i < DEAF; i++) {
                    deaf.subscribe(ROOM, "deaf-" + i).pause();
                }
                List<RawClient> silent = new ArrayList<>();
                for (int i = 0; i < DEAF; i++) {
                    silent.add(RawClient.upgraded(URI.create("http://127.0.0.1:" + node.httpPort() + "/ws/acme/default/"
                            + ROOM + "?actor=silent-" + i)));
                }
                for (int i = 0; i < CALLERS; i++) {
                    threads.execute(() -> call(node.grpcPort()));
                }
                await().until(() -> answered.get() > 100);

                node.signal("TERM");
                assertThat(node.awaitExit()).isZero();
                enough.set(true);
                threads.shutdown();
                assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
                assertThat(refusals).isSubsetOf("UNAVAILABLE SHUTTING_DOWN", "UNAVAILABLE ");
                assertThat(node.output()).doesNotContain("ERROR", "ArC", "\tat ");
                for (RawClient one : silent) {
                    one.close();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void call(int port) {
        try (GrpcClient client = GrpcClient.connect(port, "acme")) {
            while (!enough.get()) {
                try {
                    client.publish(ROOM, "", "hello");
                    answered.incrementAndGet();
                } catch (RuntimeException failure) {
                    refusals.add(Status.fromThrowable(failure).getCode() + " " + reason(failure));
                    // Which gets no answer any more.
                    OnNodes.pass(Duration.ofMillis(10));
                }
            }
        }
    }

    private static String reason(Throwable failure) {
        try {
            return GrpcClient.reasonOf(failure);
        } catch (AssertionError noDetails) {
            return "";
        }
    }
}

package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a start comes to when something is missing or taken: one sentence, its exit code, and no harm to anybody else.
 */
@Isolated
class StartIT {
    private static final String ROOM = "room";
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration LATEST = TTL.plusSeconds(2);

    private Path folder;
    private Path redisBinary;

    @BeforeEach
    void look(TestInfo test) throws IOException {
        redisBinary = RedisBinaries.required("StartIT." + test.getDisplayName());
        folder = Files.createDirectories(Path.of("target", "nodes"));
    }

    private NodeProcess start(String id, RedisProcess store, Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "PROCESSGROUPS_STORE", "redis",
                "QUARKUS_REDIS_HOSTS", store.address(),
                "PROCESSGROUPS_REDIS_TIMEOUT", "1S"));
        variables.putAll(more);
        return NodeProcess.start(id, folder, variables);
    }

    /** One sentence, and nothing that only a developer can read. */
    private static void assertEnds(NodeProcess node, String... words) {
        assertThat(node.awaitExit()).isEqualTo(1);
        List<String> lines = node.output().lines().toList();
        assertThat(lines).as("a sentence").anySatisfy(line -> assertThat(line).contains(words));
        assertThat(lines).as("a stack").noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10})
    void storeThatComesLate_findsAServerThatDoesAllItsWork(int seconds) {
        try (RedisProcess store = RedisProcess.start(redisBinary)) {
            store.kill();
            try (NodeProcess node = start("late", store, Map.of())) {
                OnNodes.pass(Duration.ofSeconds(seconds));
                store.begin();
                node.awaitReady();
                try (GrpcClient client = GrpcClient.connect(node.grpcPort(), "acme")) {
                    client.create(ROOM);
                    client.join(JoinGroupRequest.newBuilder()
                            .setGroupName(ROOM)
                            .setActorId("leased")
                            .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(TTL.toSeconds())));
                    await().atMost(LATEST).until(() -> client.members(ROOM).isEmpty());
                }
                assertThat(node.isLive()).isTrue();
                assertThat(node.metric("plexspaces_process_groups_tasks_stalled"))
                        .isZero();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"quarkus.grpc.server, QUARKUS_GRPC_SERVER_PORT", "quarkus.http, QUARKUS_HTTP_PORT"})
    void takenPort_isSaid_andTheServerThatHasTheNameGoesOn(String key, String variable) {
        try (RedisProcess store = RedisProcess.start(redisBinary);
                NodeProcess first = start("twin", store, Map.of()).awaitReady()) {
            int taken = key.contains("grpc") ? first.grpcPort() : first.httpPort();
            try (NodeProcess second = start("twin", store, Map.of(variable, Integer.toString(taken)))) {
                assertEnds(second, key + ".port = " + taken, "127.0.0.1");
            }
            assertThat(first.isReady()).isTrue();
            assertThat(first.metric("plexspaces_process_groups_lease_losses_total"))
                    .isZero();
            try (GrpcClient client = GrpcClient.connect(first.grpcPort(), "acme")) {
                client.create(ROOM);
            }
            assertThat(first.isReady()).isTrue();
        }
    }

    @Test
    void noStore_isSaid_andRequestsAreAnsweredMeanwhile() {
        try (RedisProcess store = RedisProcess.start(redisBinary)) {
            store.kill();
            try (NodeProcess node = start("alone", store, Map.of("PROCESSGROUPS_NODE_START_TIMEOUT", "6S"));
                    GrpcClient client = GrpcClient.connect(node.grpcPort(), "acme")) {
                await().atMost(Duration.ofSeconds(20)).until(() -> node.isLive() || !node.isAlive());
                assertThat(node.isReady()).isFalse();
                GrpcClient.assertFails("STORE_UNAVAILABLE", Status.Code.UNAVAILABLE, () -> client.create(ROOM));
                assertEnds(node, "Node alone does not start", "processgroups.node.start-timeout");
            }
        }
    }

    @Test
    void wrongPassword_isSaid() {
        try (RedisProcess store = RedisProcess.start(redisBinary)) {
            store.call("CONFIG", "SET", "requirepass", "right");
            Map<String, String> wrong =
                    Map.of("QUARKUS_REDIS_PASSWORD", "wr0ng", "PROCESSGROUPS_NODE_START_TIMEOUT", "2S");
            try (NodeProcess node = start("stranger", store, wrong)) {
                assertEnds(node, "Node stranger does not start", "the store");
                assertThat(node.output()).contains("WRONGPASS").doesNotContain("wr0ng");
            }
        }
    }

    /** It is told by the sum of what groups retain, each within its limits. */
    @Test
    void memoryThatHasRunOut_endsTheServer() {
        Map<String, String> large = Map.of(
                "PROCESSGROUPS_MEMORY_BYTES", "4G",
                "PROCESSGROUPS_LIMITS_RETAINED_BYTES", "1G",
                "PROCESSGROUPS_LIMITS_MESSAGE_BYTES", "32M");
        try (NodeProcess node = NodeProcess.start("full", folder, large).awaitReady();
                GrpcClient client = GrpcClient.connect(node.grpcPort(), "acme")) {
            client.create(CreateGroupRequest.newBuilder()
                    .setGroupName(ROOM)
                    .setRetention(Retention.newBuilder()
                            .setMessages(1_000)
                            .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(300))));
            String text = "x".repeat(24 << 20);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .ignoreExceptions()
                    .until(() -> {
                        if (node.isAlive()) {
                            client.publish(PublishToGroupRequest.newBuilder().setGroupName(ROOM), text);
                        }
                        return !node.isAlive();
                    });
            assertThat(node.awaitExit()).isEqualTo(4);
            assertThat(node.output()).contains("Memory has run out, and the server ends with exit code 4.");
        }
    }
}

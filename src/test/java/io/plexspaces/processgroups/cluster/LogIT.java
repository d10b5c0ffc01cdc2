package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Duration;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What a server in production writes. */
@Isolated
class LogIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROOM = "room";
    private static final String CONTENT = "s3cr3t-c0nt3nt";
    private static final int FLOOD = 2_000;

    private final OtlpReceiver collector = new OtlpReceiver();
    private NodeProcess node;
    private GrpcClient client;

    @BeforeEach
    void start() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        node = NodeProcess.start(
                        "logging",
                        folder,
                        Map.of(
                                "QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true",
                                "QUARKUS_LOG_CATEGORY__IO_PLEXSPACES_PROCESSGROUPS__LEVEL", "TRACE",
                                "QUARKUS_OTEL_SDK_DISABLED", "false",
                                "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()))
                .awaitReady();
        client = GrpcClient.connect(node.grpcPort(), "acme");
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
        collector.close();
    }

    private List<JsonNode> lines() {
        return node.output().lines().map(LogIT::parsed).toList();
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException noJson) {
            throw new AssertionError("no JSON: " + line, noJson);
        }
    }

    private List<JsonNode> requests(String level, String start) {
        return lines().stream()
                .filter(line -> line.path("loggerName").asText().endsWith(".requests"))
                .filter(line -> line.path("level").asText().equals(level))
                .filter(line -> line.path("message").asText().startsWith(start))
                .toList();
    }

    private PublishToGroupRequest.Builder publish(String group) {
        return PublishToGroupRequest.newBuilder()
                .setGroupName(group)
                .setMessage(GrpcClient.text(CONTENT).setSenderId("ann").putHeaders("authorization", CONTENT));
    }

    @Test
    void lines_areJsonWithFields_andHoldNothingThatClientsKeepToThemselves() {
        client.create(ROOM);
        var stream = client.subscribe(ROOM, "ann");
        String token = stream.awaitEvent(Event::hasSubscribed).getSubscribed().getResumeToken();
        String lease = client.join(JoinGroupRequest.newBuilder()
                        .setGroupName(ROOM)
                        .setActorId("bob")
                        .setTtl(Duration.newBuilder().setSeconds(60)))
                .getLeaseId();
        client.publish(publish(ROOM));
        client.calls.fetchMessages(FetchMessagesRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName(ROOM)
                .build());
        assertThat(catchThrowable(() -> client.publish(publish("nowhere")))).isNotNull();

        await().until(() -> !requests("WARN", "publish").isEmpty());
        assertThat(lines())
                .allSatisfy(line -> assertThat(line.path("node").asText()).isEqualTo("logging"));
        JsonNode refused = requests("WARN", "publish").get(0);
        assertThat(refused.has("stackTrace")).isFalse();
        JsonNode fields = refused.path("mdc");
        assertThat(fields.path("tenant").asText()).isEqualTo("acme");
        assertThat(fields.path("group").asText()).isEqualTo("nowhere");
        assertThat(fields.path("actor").asText()).isEqualTo("ann");
        assertThat(fields.path("traceId").asText()).matches("[0-9a-f]{32}");
        assertThat(requests("DEBUG", "fetch")).hasSize(1);
        assertThat(requests("TRACE", "publish")).isNotEmpty();
        assertThat(token).isNotEmpty();
        assertThat(lease).isNotEmpty();
        assertThat(node.output()).doesNotContain(CONTENT).doesNotContain(token).doesNotContain(lease);
    }

    /**
     * A client uses the wrong port, or probes the ports: no line holds what it sent, and none looks like a defect.
     */
    @Test
    void connectionsThatSpeakSomethingElse_leaveNothingOfItInTheLog() throws IOException {
        String address = "GET /ws/acme/default/room?actor=ann&resume=" + CONTENT + " HTTP/1.1\r\nHost: here\r\n\r\n";
        speak(node.grpcPort(), address);
        speak(node.grpcPort(), CONTENT.repeat(9));
        speak(node.httpPort(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + CONTENT.repeat(9));
        speak(node.httpPort(), CONTENT.repeat(9) + "\r\n\r\n");
        assertThat(node.output()).doesNotContain(CONTENT);
        assertThat(lines()).allSatisfy(line -> {
            assertThat(line.path("level").asText()).isNotEqualTo("ERROR");
            assertThat(line.has("stackTrace")).isFalse();
        });
    }

    /** Until the server closes the connection. */
    private static void speak(int port, String text) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Closed, too.
        }
    }

    @Test
    void clientThatIsRefusedAgainAndAgain_hasAFewLinesAndACount() {
        for (int i = 0; i < FLOOD; i++) {
            client.streams.publishToGroup(publish("nowhere").setTenantId("acme").build(), new Ignoring<>());
        }
        String counted = "publish: GROUP_NOT_FOUND, ";
        await().atMost(java.time.Duration.ofSeconds(40)).untilAsserted(() -> {
            int single = requests("WARN", "publish tenant=").size();
            int others = requests("WARN", counted).stream()
                    .mapToInt(line -> Integer.parseInt(line.path("message")
                            .asText()
                            .substring(counted.length())
                            .replaceAll(" .*", "")))
                    .sum();
            assertThat(single + others).isEqualTo(FLOOD);
            assertThat(single).isLessThanOrEqualTo(30);
        });
    }

    private static final class Ignoring<T> implements io.grpc.stub.StreamObserver<T> {
        @Override
        public void onNext(T answer) {}

        @Override
        public void onError(Throwable refusal) {}

        @Override
        public void onCompleted() {}
    }
}

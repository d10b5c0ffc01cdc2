package io.plexspaces.processgroups.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A server that is asked to log as much as it can, with everything it is built on. */
@Isolated
class LogEverythingIT {
    private static final String ROOM = "room";
    private static final String ROOM_URL = "/ws/acme/default/room?actor=tab";
    private static final String CONTENT = "s3cr3t-c0nt3nt";
    private static final String HEADER = "s3cr3t-h3ad3r";
    private static final String PASSWORD = "st0re-passw0rd";
    private static final String TOKEN = "/subscribed/resumeToken";

    private final List<String> secrets = new ArrayList<>(List.of(CONTENT, HEADER, PASSWORD));

    @Test
    void noLine_holdsContentsHeadersTokensOrPasswords() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.required("LogEverythingIT"))) {
            redis.call("CONFIG", "SET", "requirepass", PASSWORD);
            Map<String, String> variables = Map.of(
                    "QUARKUS_LOG_LEVEL", "TRACE",
                    "QUARKUS_LOG_CATEGORY__IO_GRPC_NETTY__LEVEL", "TRACE",
                    "QUARKUS_LOG_CATEGORY__IO_PLEXSPACES_PROCESSGROUPS__LEVEL", "TRACE",
                    "PROCESSGROUPS_STORE", "redis",
                    "QUARKUS_REDIS_HOSTS", "redis://:" + PASSWORD + "@127.0.0.1:" + redis.port());
            try (NodeProcess node = NodeProcess.start("logging-everything", folder, variables)
                            .awaitReady();
                    GrpcClient client = GrpcClient.connect(node.grpcPort(), "acme")) {
                client.create(ROOM);
                overGrpc(client);
                overWebSocket(node, client);

                String output = node.output();
                assertThat(output).contains("TRACE", "publish tenant=acme");
                for (String secret : secrets) {
                    assertThat(secret).isNotEmpty();
                    byte[] bytes = secret.getBytes(UTF_8);
                    assertThat(output.contains(secret)).as(secret).isFalse();
                    assertThat(output.contains(HexFormat.of().formatHex(bytes)))
                            .as("%s as the bytes of a frame", secret)
                            .isFalse();
                    assertThat(output.contains(Base64.getEncoder().encodeToString(bytes)))
                            .as("%s in base64", secret)
                            .isFalse();
                }
            }
        }
    }

    private void overGrpc(GrpcClient client) {
        var stream = client.subscribe(ROOM, "ann");
        secrets.add(stream.awaitEvent(Event::hasSubscribed).getSubscribed().getResumeToken());
        secrets.add(client.join(JoinGroupRequest.newBuilder()
                        .setGroupName(ROOM)
                        .setActorId("bob")
                        .setTtl(Duration.newBuilder().setSeconds(60)))
                .getLeaseId());
        publish(client);
        stream.awaitTexts(1);
        client.calls.fetchMessages(FetchMessagesRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName(ROOM)
                .build());
    }

    private void overWebSocket(NodeProcess node, GrpcClient client) {
        String token;
        try (WsClient tab = WsClient.connect(node.webSocket(ROOM_URL), WsClient.JSON)) {
            token = tab.awaitJson(TOKEN).at(TOKEN).asText();
            publish(client);
            tab.awaitTexts(1);
        }
        secrets.add(token);
        try (WsClient tab = WsClient.connect(node.webSocket(ROOM_URL + "&resume=" + token), WsClient.JSON)) {
            tab.awaitEvents(1);
            publish(client);
            tab.awaitTexts(1);
        }
    }

    private static void publish(GrpcClient client) {
        client.publish(PublishToGroupRequest.newBuilder()
                .setGroupName(ROOM)
                .setMessage(GrpcClient.text(CONTENT).putHeaders("authorization", HEADER)));
    }
}

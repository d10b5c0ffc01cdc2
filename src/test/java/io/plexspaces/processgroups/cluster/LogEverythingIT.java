package io.plexspaces.processgroups.cluster;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.token.Issuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
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

    private static final String SIGNING = "a secret of the tests, of 32 bytes";
    private static final Issuer ISSUER = Issuer.secret(SIGNING.getBytes(UTF_8));

    private final List<String> secrets = new ArrayList<>(List.of(CONTENT, HEADER, PASSWORD, SIGNING));

    @Test
    void noLine_holdsContentsHeadersTokensOrPasswords() throws IOException {
        try (RedisProcess redis = RedisProcess.start(RedisBinaries.required("LogEverythingIT"))) {
            redis.call("CONFIG", "SET", "requirepass", PASSWORD);
            Map<String, String> variables = Map.of(
                    "PROCESSGROUPS_STORE",
                    "redis",
                    "QUARKUS_REDIS_HOSTS",
                    "redis://:" + PASSWORD + "@127.0.0.1:" + redis.port());
            try (NodeProcess node = talkative("logging-everything", variables);
                    GrpcClient client = GrpcClient.connect(node.grpcPort(), "acme")) {
                client.create(ROOM);
                overGrpc(client);
                overWebSocket(node, client);
                assertThat(node.output()).contains("publish tenant=acme");
                holdsNoSecret(node.output());
            }
        }
    }

    @Test
    void noLine_holdsAToken_whetherItIsAcceptedOrNot() throws IOException {
        Map<String, String> variables =
                Map.of("PROCESSGROUPS_AUTH", "jwt", "PROCESSGROUPS_AUTH_SHARED_SECRET", SIGNING);
        try (NodeProcess node = talkative("logging-tokens", variables);
                GrpcClient connection = GrpcClient.connect(node.grpcPort(), "acme")) {
            String forged = bearer(Issuer.secret("another secret of 32 bytes, or so".getBytes(UTF_8)), 600);
            String expired = bearer(ISSUER, -60);
            for (String refused : List.of(forged, expired, "n0t-a-t0ken")) {
                secrets.add(refused);
                assertFails("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> connection
                        .withToken(refused)
                        .create(ROOM));
                opens(node, WsClient.JSON, Map.of("Authorization", "Bearer " + refused));
                session(node, refused).awaitClosed();
            }
            GrpcClient client = connection.withToken(bearer(ISSUER, 600));
            client.create(ROOM);
            overGrpc(client);
            Map<String, String> header = Map.of("Authorization", "Bearer " + bearer(ISSUER, 600));
            opens(node, WsClient.JSON, header);
            try (WsClient tab = WsClient.connect(node.webSocket(ROOM_URL), WsClient.JSON, header)) {
                secrets.add(tab.awaitJson(TOKEN).at(TOKEN).asText());
            }
            try (WsClient tab = session(node, bearer(ISSUER, 600))) {
                tab.awaitJson("/answer/opened");
                tab.send("{\"requestId\":2,\"refresh\":{\"token\":\"" + bearer(ISSUER, 900) + "\"}}");
                tab.awaitJson("/answer/refreshed");
                tab.send("{\"requestId\":3,\"refresh\":{\"token\":\"" + forged + "\"}}");
                assertThat(tab.awaitClosed().code()).isEqualTo(4401);
            }
            try (WsClient tab = WsClient.connect(node.webSocket("/ws?token=" + bearer(ISSUER, 600)), WsClient.JSON)) {
                tab.awaitClosed();
            }
            assertThat(node.output()).contains("\"reason\":\"signature\"", "a caller was not let in");
            holdsNoSecret(node.output());
        }
    }

    /** A secret from now on, with its signature by itself. */
    private String bearer(Issuer issuer, int seconds) {
        Map<String, Object> claims = Issuer.claims();
        claims.put("exp", Instant.now().plusSeconds(seconds).getEpochSecond());
        claims.put("processgroups", List.of(Map.of("ops", List.of("*"), "actors", List.of("*"))));
        String token = issuer.token(claims);
        secrets.addAll(List.of(token, token.substring(token.lastIndexOf('.') + 1)));
        return token;
    }

    private static void opens(NodeProcess node, String subprotocol, Map<String, String> header) {
        try (WsClient tab = WsClient.connect(node.webSocket(ROOM_URL), subprotocol, header)) {
            tab.awaitEvents(1);
        }
    }

    private static WsClient session(NodeProcess node, String token) {
        return WsClient.connect(node.webSocket("/ws"), WsClient.JSON)
                .send("{\"requestId\":1,\"open\":{\"tenantId\":\"acme\",\"actorId\":\"ann\",\"token\":\"" + token
                        + "\"}}");
    }

    private static NodeProcess talkative(String id, Map<String, String> more) throws IOException {
        Map<String, String> variables = new HashMap<>(Map.of(
                "QUARKUS_LOG_LEVEL", "TRACE",
                "QUARKUS_LOG_CATEGORY__IO_GRPC_NETTY__LEVEL", "TRACE",
                "QUARKUS_LOG_CATEGORY__IO_PLEXSPACES_PROCESSGROUPS__LEVEL", "TRACE"));
        variables.putAll(more);
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        return NodeProcess.start(id, folder, variables).awaitReady();
    }

    private void holdsNoSecret(String output) {
        assertThat(output).contains("TRACE");
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

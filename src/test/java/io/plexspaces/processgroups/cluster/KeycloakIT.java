package io.plexspaces.processgroups.cluster;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server beside a real Keycloak, configured word for word as the documents tell a user of Keycloak. */
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeycloakIT {
    private static final String REALM = "chat";
    private static final String CLIENT = "chat-web";
    private static final String TENANT = "acme";
    private static final String ROOM = "chat.room";
    private static final Path SECURITY = Path.of("docs", "security.md");
    private static final Path CONFIGURATION = Path.of("docs", "configuration.md");

    /** What the documents call Keycloak's address. */
    private static final String DOCUMENTED = "https://login.example.com";

    /** Between two fetches that tokens with unknown keys cause, and what a busy machine may need beside. */
    private static final Duration COOL_DOWN = Duration.ofSeconds(30 + 15);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private KeycloakProcess keycloak;
    private NodeProcess node;
    private GrpcClient client;

    @BeforeEach
    void begin(TestInfo test) throws IOException {
        Path home = KeycloakProcess.required("KeycloakIT." + test.getDisplayName());
        if (keycloak == null || !keycloak.isAlive()) {
            keycloak = KeycloakProcess.start(home, realms());
        }
    }

    @AfterEach
    void disconnect() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @AfterAll
    void stop() {
        if (keycloak != null) {
            keycloak.close();
        }
    }

    /** Equal but for their names and keys. */
    private static Map<String, String> realms() throws IOException {
        String documented = Files.readString(Path.of("src/test/resources/keycloak/realm.json"));
        Map<String, String> algorithms =
                Map.of(REALM, "RS256", "other", "RS256", "chat-es256", "ES256", "chat-eddsa", "EdDSA");
        Map<String, String> realms = new HashMap<>();
        algorithms.forEach((name, algorithm) -> realms.put(
                name,
                documented
                        .replace("\"realm\": \"chat\"", "\"realm\": \"" + name + "\"")
                        .replace("default-roles-chat", "default-roles-" + name)
                        .replace("RS256", algorithm)));
        return realms;
    }

    /** The properties that a document gives for Keycloak, with the address and a realm of this one. */
    private Path recipe(Path document, String realm) throws IOException {
        String text = Files.readString(document);
        int realms = text.indexOf(DOCUMENTED + "/realms/" + REALM);
        assertThat(realms).as("recipe in %s", document).isPositive();
        int begin = text.indexOf('\n', text.lastIndexOf("```properties", realms));
        String properties = text.substring(begin, text.indexOf("```", realms))
                .replace(DOCUMENTED + "/realms/" + REALM, keycloak.url() + "/realms/" + realm);
        assertThat(properties).doesNotContain(DOCUMENTED);
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        return Files.writeString(folder.resolve("keycloak.properties"), properties);
    }

    /** Starts a server that trusts a realm, with a group in it. */
    private void serve(Path document, String realm) throws IOException {
        Map<String, String> environment = Map.of(
                "QUARKUS_CONFIG_LOCATIONS",
                recipe(document, realm).toAbsolutePath().toString());
        node = closing(NodeProcess.start("beside-keycloak", Path.of("target", "nodes"), environment))
                .awaitReady();
        client = closing(GrpcClient.connect(node.grpcPort(), TENANT));
        client.withToken(keycloak.token(realm, CLIENT, "bob")).create(ROOM);
    }

    private <T extends AutoCloseable> T closing(T one) {
        open.push(one);
        return one;
    }

    private String ann() {
        return keycloak.token(REALM, CLIENT, "ann");
    }

    private static JsonNode part(String token, int index) {
        try {
            return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[index]));
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static String header(String token, String name) {
        return part(token, 0).path(name).asText();
    }

    private static String claim(String token, String name) {
        return part(token, 1).path(name).asText();
    }

    private static void denied(ThrowingCallable call) {
        assertFails("PERMISSION_DENIED", Status.Code.PERMISSION_DENIED, call);
    }

    private void works(String token) {
        client.withToken(token).members(ROOM);
    }

    private boolean isAccepted(String token) {
        try {
            works(token);
            return true;
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            return false;
        }
    }

    private WsClient socket(String path, String token) {
        return closing(
                WsClient.connect(node.webSocket(path), WsClient.JSON, Map.of("Authorization", "Bearer " + token)));
    }

    private void refused(String token, String reason) {
        String metric = "plexspaces_process_groups_auth_failures_total{reason=\"" + reason + "\"}";
        double before = node.metric(metric);
        assertFails("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> works(token));
        assertThat(socket("/ws/acme/default/chat.room?actor=ann", token)
                        .awaitClosed()
                        .code())
                .isEqualTo(4401);
        WsClient session = closing(WsClient.connect(node.webSocket("/ws"), WsClient.JSON));
        session.send(opening(token));
        assertThat(session.awaitClosed().code()).isEqualTo(4401);
        assertThat(node.metric(metric) - before).as("refused for %s", reason).isEqualTo(3);
    }

    private static String opening(String token) {
        return "{\"requestId\":1,\"open\":{\"tenantId\":\"acme\",\"actorId\":\"" + claim(token, "sub")
                + "\",\"token\":\"" + token + "\"}}";
    }

    private static PublishToGroupRequest.Builder from(String sender) {
        return PublishToGroupRequest.newBuilder()
                .setGroupName(ROOM)
                .setMessage(Message.newBuilder().setSenderId(sender));
    }

    /** A session of a user that joined the group; the token comes in its first request. */
    private WsClient joined(String token) {
        WsClient session = closing(WsClient.connect(node.webSocket("/ws"), WsClient.JSON));
        session.send(opening(token)).awaitJson("/answer/opened");
        session.send("{\"requestId\":2,\"join\":{\"groupName\":\"chat.room\"}}").awaitJson("/answer/joined");
        return session;
    }

    private static String saying(String text) {
        return "{\"requestId\":3,\"publish\":{\"groupName\":\"chat.room\",\"message\":{\"text\":\"" + text + "\"}}}";
    }

    @ParameterizedTest
    @CsvSource({"chat, RS256", "chat-es256, ES256", "chat-eddsa, EdDSA"})
    void role_allowsWhatItsRuleSays_andNothingElse(String realm, String algorithm) throws IOException {
        serve(SECURITY, realm);
        String token = keycloak.token(realm, CLIENT, "ann");
        String ann = claim(token, "sub");
        assertThat(header(token, "alg")).isEqualTo(algorithm);
        GrpcClient user = client.withToken(token);
        GrpcClient moderator = client.withToken(keycloak.token(realm, CLIENT, "bob"));

        WsClient session = joined(token);
        user.join(ROOM, ann);
        assertThat(user.members(ROOM)).containsExactly(ann);
        user.publish(from(ann), "over gRPC");
        session.send(saying("over WebSocket"));
        assertThat(session.awaitTexts(2)).containsExactly("over gRPC", "over WebSocket");

        denied(() -> user.create("chat.other"));
        denied(() -> user.delete(ROOM));
        denied(() -> user.join("hall", ann));
        denied(() -> user.join(ROOM, "somebody"));
        denied(() -> user.publish(from("somebody"), "x"));
        denied(() -> user.forTenant("globex").members(ROOM));
        denied(() -> moderator.members(ROOM));
        denied(() -> moderator.create("hall"));
        assertFails("UNAUTHENTICATED", Status.Code.UNAUTHENTICATED, () -> client.members(ROOM));
        session.send("{\"requestId\":4,\"join\":{\"groupName\":\"hall\"}}");
        assertThat(session.awaitJson("/answer/error").at("/answer/error/reason").asText())
                .isEqualTo("PERMISSION_DENIED");
        assertThat(socket("/ws/acme/default/chat.room?actor=somebody", token)
                        .awaitClosed()
                        .code())
                .isEqualTo(4403);

        assertThat(moderator.evict(ROOM, ann).getJoins()).isEqualTo(2);
    }

    @Test
    void ruleWithTheSubject_isForEachDeviceOfAUser() throws IOException {
        serve(CONFIGURATION, REALM);
        String token = ann();
        String phone = claim(token, "sub") + ":phone";

        client.withToken(token).join(ROOM, phone);
        assertThat(client.withToken(token).members(ROOM)).containsExactly(phone);
        denied(() -> client.withToken(token).join(ROOM, "somebody:phone"));
    }

    @Test
    void tokenOfAnotherRealm_orForSomethingElse_isRefused() throws IOException {
        serve(SECURITY, REALM);
        works(ann());

        refused(keycloak.token("other", CLIENT, "ann"), "unknown_key");
        refused(keycloak.token(REALM, "something-else", "ann"), "audience");
        refused(keycloak.idToken(REALM, CLIENT, "ann"), "audience");
    }

    @Test
    void user_cannotGoToAnotherTenant() throws IOException {
        String token = ann();
        ObjectNode account = keycloak.account(REALM, token).deepCopy();
        account.put("lastName", "Changed");
        assertThat(keycloak.changeAccount(REALM, token, account)).isBetween(200, 299);
        account.withObject("/attributes").putArray("tenant").add("globex");

        keycloak.changeAccount(REALM, token, account);

        String next = ann();
        assertThat(claim(next, "family_name")).isEqualTo("Changed");
        assertThat(claim(next, "tenant")).isEqualTo(TENANT);
    }

    @Test
    void keysThatRotate_areFetched_andTokensOfOldOnesWorkUntilTheyAreWithdrawn() throws IOException {
        serve(SECURITY, REALM);
        String first = ann();
        WsClient session = joined(first);

        String next = keycloak.addKey(REALM);
        keycloak.rotate(REALM);
        String second = ann();
        assertThat(header(second, "kid")).isNotEqualTo(header(first, "kid"));
        works(second);
        works(first);

        // It was fetched with the one before.
        keycloak.prefer(REALM, next);
        String third = ann();
        assertThat(header(third, "kid")).isNotEqualTo(header(second, "kid"));
        works(third);

        keycloak.rotate(REALM);
        String fourth = ann();
        keycloak.withdraw(REALM, header(first, "kid"));
        await().atMost(COOL_DOWN).pollInterval(Duration.ofSeconds(1)).until(() -> {
            works(second);
            works(third);
            return isAccepted(fourth);
        });
        assertThat(isAccepted(first)).isFalse();
        works(second);

        client.withToken(second).publish(from(claim(second, "sub")), "still there");
        assertThat(session.awaitTexts(1)).containsExactly("still there");
    }

    @Test
    void whileKeycloakIsStopped_tokensWork() throws IOException {
        serve(SECURITY, REALM);
        String used = ann();
        String unused = ann();
        String later = ann();
        String stranger = keycloak.token("other", CLIENT, "ann");
        WsClient session = joined(used);

        keycloak.close();

        works(used);
        works(unused);
        // Makes the server ask for keys, in vain.
        assertFails("OVERLOADED", Status.Code.UNAVAILABLE, () -> works(stranger));
        works(used);
        works(later);
        joined(later).send(saying("here"));
        assertThat(session.awaitTexts(1)).containsExactly("here");
    }
}

package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.token.Issuer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

/** Tokens over WebSockets: where they may travel, and what becomes of a connection without a good one. */
@QuarkusTest
@TestProfile(TokenCarriageTest.Asking.class)
class TokenCarriageTest {
    static final String SECRET = "a secret of the tests, of 32 bytes";
    private static final Issuer ISSUER = Issuer.secret(SECRET.getBytes(UTF_8));
    private static final Issuer FORGER = Issuer.secret("another secret of 32 bytes, or so".getBytes(UTF_8));

    private final String group = "g" + UUID.randomUUID();

    @TestHTTPResource("/ws")
    URI session;

    @Inject
    Groups groups;

    @Inject
    MeterRegistry registry;

    public static class Asking implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "processgroups.auth", "jwt",
                    "processgroups.auth.shared-secret", SECRET,
                    // For QuotaTest.
                    "processgroups.quotas.tenants.loud.requests", "50",
                    "processgroups.quotas.tenants.small.sessions", "2",
                    "processgroups.quotas.tenants.full.groups", "2",
                    "processgroups.quotas.tenants.full.members", "3",
                    "processgroups.quotas.tenants.calm.requests", "1000");
        }
    }

    private static String token(Issuer issuer, Instant expiry, String... ops) {
        Map<String, Object> claims = Issuer.claims();
        claims.put("exp", expiry.getEpochSecond());
        claims.put("processgroups", List.of(Map.of("ops", List.of(ops))));
        return issuer.token(claims);
    }

    private static String token(String... ops) {
        return token(ISSUER, Instant.now().plusSeconds(600), ops);
    }

    private static String open(String token) {
        String field = token == null ? "" : ",\"token\":\"" + token + "\"";
        return "{\"requestId\":1,\"open\":{\"tenantId\":\"acme\",\"actorId\":\"ann\"" + field + "}}";
    }

    private URI webSocket(String path) {
        return URI.create(session.toString().replaceFirst("^http", "ws") + path);
    }

    private URI subscription() {
        groups.delete(GroupId.of("acme", "", group)).await().indefinitely();
        groups.create(
                        GroupId.of("acme", "", group),
                        new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null))
                .await()
                .indefinitely();
        return webSocket("/acme/default/" + group + "?actor=ann");
    }

    @Test
    void tokenInTheHeader_opensSessionAndSubscription() {
        Map<String, String> header = Map.of("Authorization", "Bearer " + token("join"));
        try (WsClient client = WsClient.connect(webSocket(""), WsClient.JSON, header)) {
            client.send(open(null)).awaitEvents(1);
            assertThat(client.json().get(0).at("/answer/opened/resumeToken").asText())
                    .isNotEmpty();
        }
        try (WsClient client = WsClient.connect(subscription(), WsClient.JSON, header)) {
            client.awaitEvents(1);
            assertThat(client.json().get(0).has("subscribed")).isTrue();
        }
    }

    @Test
    void tokenAmongTheSubprotocols_isTaken_andNeverEchoed() {
        try (Browser browser = Browser.connect(session, WsClient.JSON, "bearer." + token("join"))) {
            assertThat(browser.subprotocol()).isEqualTo(WsClient.JSON);
            assertThat(browser.send(open(null)).answer().has("opened")).isTrue();
        }
        try (Browser browser = Browser.connect(subscription(), "bearer." + token("join"), WsClient.JSON)) {
            assertThat(browser.subprotocol()).isEqualTo(WsClient.JSON);
            assertThat(browser.next().has("subscribed")).isTrue();
        }
        assertThatThrownBy(() -> Browser.connect(session, "bearer." + token("join")))
                .as("without a real one")
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void tokenInOpen_isTaken_andNothingElseIsAnsweredBefore() {
        try (Browser browser = Browser.connect(session)) {
            browser.send("{\"requestId\":7,\"join\":{\"groupName\":\"x\"}}");
            assertThat(browser.answer().at("/error/reason").asText()).isEqualTo("FAILED_PRECONDITION");
            browser.send(open(token("join")));
            browser.send("{\"requestId\":2,\"join\":{\"groupName\":\"none\"}}");
            assertThat(browser.answer().has("opened")).isTrue();
            assertThat(browser.answer().at("/error/reason").asText()).isEqualTo("GROUP_NOT_FOUND");
            browser.send("{\"requestId\":3,\"publish\":{\"groupName\":\"none\",\"message\":{\"text\":\"x\"}}}");
            JsonNode denied = browser.answer();
            assertThat(denied.at("/error/reason").asText()).isEqualTo("PERMISSION_DENIED");
            assertThat(denied.at("/error/message").asText()).isEqualTo("publish is not permitted");
        }
    }

    private int failures() {
        return (int) registry.get("plexspaces_process_groups_auth_failures").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private int failures(String reason) {
        return (int) registry.get("plexspaces_process_groups_auth_failures")
                .tag("reason", reason)
                .counter()
                .count();
    }

    /** Each way in tells of each caller that is not let in, and no two tell of the same. */
    @Test
    void whoIsNotLetIn_countsOnce_whicheverWayItCame() {
        int all = failures();
        int signature = failures("signature");
        int missing = failures("missing");
        int scheme = failures("scheme");
        String forged = token(FORGER, Instant.now().plusSeconds(60), "join");

        closed4401(Browser.connect(session, WsClient.JSON, "bearer." + forged), "signature");
        closed4401(Browser.connect(subscription(), WsClient.JSON, "bearer." + forged), "signature");
        closed4401(Browser.connect(session).send(open(forged)), "signature");
        try (WsClient client =
                WsClient.connect(webSocket(""), WsClient.JSON, Map.of("Authorization", "Bearer " + forged))) {
            assertThat(client.awaitClosed().code()).isEqualTo(4401);
        }
        try (Browser browser = Browser.connect(session, WsClient.JSON, "bearer." + token("join"))) {
            assertThat(browser.send(open(null)).answer().has("opened")).isTrue();
            browser.send("{\"requestId\":2,\"refresh\":{\"token\":\"" + forged + "\"}}");
            closed4401(browser, "signature");
        }
        assertThat(failures("signature")).isEqualTo(signature + 5);
        closed4401(Browser.connect(session).send(open(null)), "no token");
        closed4401(Browser.connect(subscription()), "no token");
        assertThat(failures("missing")).isEqualTo(missing + 2);
        try (WsClient client = WsClient.connect(webSocket(""), WsClient.JSON, Map.of("Authorization", "Basic YTpi"))) {
            assertThat(client.awaitClosed().code()).isEqualTo(4401);
        }
        assertThat(failures("scheme")).isEqualTo(scheme + 1);
        assertThat(failures()).isEqualTo(all + 8);
    }

    @Test
    void withoutAGoodToken_theConnectionIsClosed4401_andSaysWhy() {
        String[][] bad = {
            {token(FORGER, Instant.now().plusSeconds(60), "join"), "signature"},
            {token(ISSUER, Instant.now().minusSeconds(60), "join"), "expired"},
            {"nonsense", "not a signed JSON Web Token"},
            {token("fly"), "ops[0]"},
        };
        for (String[] each : bad) {
            closed4401(Browser.connect(session, WsClient.JSON, "bearer." + each[0]), each[1]);
            closed4401(Browser.connect(subscription(), WsClient.JSON, "bearer." + each[0]), each[1]);
            closed4401(Browser.connect(session).send(open(each[0])), each[1]);
        }
        closed4401(Browser.connect(session).send(open(null)), "no token");
        closed4401(Browser.connect(subscription()), "no token");
        Map<String, String> basic = Map.of("Authorization", "Basic YTpi");
        try (WsClient client = WsClient.connect(webSocket(""), WsClient.JSON, basic)) {
            assertThat(client.awaitClosed().code()).isEqualTo(4401);
        }
    }

    private static void closed4401(Browser browser, String why) {
        try (browser) {
            Browser.Closed closed = browser.closed();
            assertThat(closed.code()).as(closed.reason()).isEqualTo(4401);
            assertThat(closed.reason()).startsWith("UNAUTHENTICATED: ").contains(why);
        }
    }

    @Test
    void tokenInTheUrl_isRefused_andSaysWhatToDo() {
        for (String name : List.of("token", "access_token")) {
            for (URI address : List.of(
                    webSocket("?" + name + "=" + token("join")),
                    URI.create(subscription() + "&" + name + "=" + token("join")))) {
                Map<String, String> header = Map.of("Authorization", "Bearer " + token("join"));
                try (WsClient client = WsClient.connect(address, WsClient.JSON, header)) {
                    WsClient.Closed closed = client.awaitClosed();
                    assertThat(closed.code()).isEqualTo(4400);
                    assertThat(closed.reason()).contains("Authorization").doesNotContain("eyJ");
                }
            }
        }
    }

    @Test
    void actorThatTheTokenDoesNotName_isDenied() {
        try (Browser browser = Browser.connect(session, WsClient.JSON, "bearer." + token("*"))) {
            JsonNode answer =
                    browser.send(open(null).replace("\"ann\"", "\"bob\"")).answer();
            assertThat(answer.at("/error/reason").asText()).isEqualTo("PERMISSION_DENIED");
            assertThat(answer.at("/error/field").asText()).isEqualTo("actor_id");
        }
        URI another = URI.create(subscription().toString().replace("actor=ann", "actor=bob"));
        try (Browser browser = Browser.connect(another, WsClient.JSON, "bearer." + token("*"))) {
            assertThat(browser.closed().code()).isEqualTo(4403);
        }
    }

    @Test
    void refusals_areInTheAuditLog_withNothingOfTheToken() {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(ExtLogRecord.wrap(line).getFormattedMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger audit = Logger.getLogger("audit");
        audit.addHandler(handler);
        String forged = token(FORGER, Instant.now().plusSeconds(60), "join");
        try (Browser browser = Browser.connect(session, WsClient.JSON, "bearer." + token("*"))) {
            browser.send(open(null).replace("\"ann\"", "\"bob\"")).answer();
            closed4401(Browser.connect(session, WsClient.JSON, "bearer." + forged), "signature");
        } finally {
            audit.removeHandler(handler);
        }
        assertThat(lines)
                .containsExactly(
                        "{\"caller_tenant\":\"acme\",\"subject\":\"ann\",\"address\":\"127.0.0.1\","
                                + "\"operation\":\"open\",\"tenant\":\"acme\",\"namespace\":\"default\","
                                + "\"actor\":\"bob\","
                                + "\"allowed\":false,\"reason\":\"actor_id: open is not permitted\"}",
                        "{\"address\":\"127.0.0.1\",\"allowed\":false,\"reason\":\"signature\"}");
    }

    @Test
    void endOfTheToken_closes4401_afterItWasTold() {
        Instant soon = Instant.now().plusSeconds(3);
        try (Browser browser =
                Browser.connect(subscription(), WsClient.JSON, "bearer." + token(ISSUER, soon, "join"))) {
            assertThat(browser.next().has("subscribed")).isTrue();
            assertThat(browser.next().at("/tokenExpiring/expiresAt").asText()).isNotEmpty();
            assertThat(browser.closed().code()).isEqualTo(4401);
            assertThat(Instant.now()).isBefore(soon.plusSeconds(6));
        }
    }
}

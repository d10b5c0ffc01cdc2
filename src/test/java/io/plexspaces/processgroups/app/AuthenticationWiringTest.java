package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.observe.ObservedAccess;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.plexspaces.processgroups.token.Issuer;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthenticationWiringTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Issuer ISSUER = Issuer.ec("one");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final PeriodicTasks tasks = new PeriodicTasks(System::nanoTime);
    private final TimerThread timer = new TimerThread(tasks);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ObservedAccess access = new ObservedAccess(registry, null);
    private final Map<String, String> platform = new HashMap<>();
    private final Map<String, String> own = new HashMap<>();
    private AuthenticationWiring wiring;

    @AfterEach
    void stop() {
        if (wiring != null) {
            wiring.close();
        }
        timer.stop();
    }

    @AfterAll
    static void close() {
        VERTX.close();
    }

    private Authenticator started(String... keysAndValues) {
        return startedOn("127.0.0.1", keysAndValues);
    }

    /** Of keys that begin with {@code processgroups.auth}; the rest of a key and its value take turns. */
    private Authenticator startedOn(String host, String... keysAndValues) {
        Map<String, String> values = new HashMap<>(own);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put("processgroups.auth" + keysAndValues[i], keysAndValues[i + 1]);
        }
        platform.putAll(Map.of("quarkus.http.host", host, "quarkus.grpc.server.host", "127.0.0.1"));
        Config keys = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(platform, "test", 1))
                .build();
        wiring = new AuthenticationWiring(ProcessGroupsConfigTest.config(values), keys, VERTX, tasks, timer, access);
        wiring.begin(new StartupEvent());
        return wiring.authenticator();
    }

    private static String token(Issuer issuer) {
        Map<String, Object> claims = Issuer.claims("roles", List.of("moderator"));
        claims.put("exp", Instant.now().getEpochSecond() + 3_600);
        return issuer.token(claims);
    }

    private static Caller caller(Authenticator authenticator, Issuer issuer) {
        return authenticator
                .authenticate(token(issuer), null)
                .toCompletableFuture()
                .join();
    }

    private static ErrorCode refusal(Authenticator authenticator, Issuer issuer) {
        return authenticator
                .authenticate(token(issuer), null)
                .handle((caller, why) -> ((GroupException) why).code())
                .toCompletableFuture()
                .join();
    }

    private static boolean isLetIn(Authenticator authenticator, Issuer issuer) {
        try {
            return caller(authenticator, issuer).tenant() != null;
        } catch (CompletionException refused) {
            assertThat(refused).hasCauseInstanceOf(GroupException.class);
            return false;
        }
    }

    @Test
    void none_asksNobody() {
        assertThat(started()).isSameAs(Authenticator.none());
        assertThat(startedOn("0.0.0.0", ".none-anywhere", "true")).isSameAs(Authenticator.none());
    }

    @Test
    void none_doesNotStartElsewhereThanOnLoopback() {
        assertThatThrownBy(() -> startedOn("0.0.0.0"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("quarkus.http.host = 0.0.0.0")
                .hasMessageContaining("processgroups.auth=jwt")
                .hasMessageContaining("processgroups.auth.none-anywhere=true");
        assertThat(startedOn("0.0.0.0", "", "jwt", ".shared-secret", SECRET, ".plaintext", "true")
                        .asks())
                .isTrue();
    }

    @Test
    void managementListenerElsewhereThanOnLoopback_isADoor_too() {
        platform.put("quarkus.http.host", "127.0.0.1");
        own.put("processgroups.management.host", "0.0.0.0");
        assertThat(started()).as("there is none").isSameAs(Authenticator.none());
        own.put("processgroups.management.enabled", "true");
        assertThatThrownBy(this::started)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("processgroups.management.host = 0.0.0.0");
        assertThat(started("", "jwt", ".shared-secret", SECRET).asks())
                .as("no tokens travel there")
                .isTrue();
    }

    @Test
    void tokensAsPlainText_elsewhereThanOnLoopback_stopTheStart() {
        assertThatThrownBy(() -> startedOn("0.0.0.0", "", "jwt", ".shared-secret", SECRET))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("quarkus.http.host = 0.0.0.0")
                .hasMessageContaining("processgroups.auth.plaintext=true");
        platform.put("processgroups.tls", "web");
        assertThatThrownBy(() -> startedOn("0.0.0.0", "", "jwt", ".shared-secret", SECRET))
                .as("also beside TLS")
                .isInstanceOf(ConfigurationException.class);
        platform.put("quarkus.http.insecure-requests", "disabled");
        assertThat(startedOn("0.0.0.0", "", "jwt", ".shared-secret", SECRET).asks())
                .isTrue();
    }

    @Test
    void sharedSecret_letsItsTokensIn_withTheirRoles() {
        Authenticator authenticator = started("", "jwt", ".shared-secret", SECRET, ".roles.moderator[0].ops", "manage");
        Issuer issuer = Issuer.secret(SECRET.getBytes(StandardCharsets.UTF_8));

        assertThat(caller(authenticator, issuer)
                        .mayManage(GroupId.of("acme", "default", "a"))
                        .allowed())
                .isTrue();
        assertThat(refusal(authenticator, ISSUER)).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(registry.get("plexspaces_process_groups_auth_failures")
                        .tag("reason", "algorithm")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void issuerAndAudience_areAskedFor() {
        Authenticator authenticator =
                started("", "jwt", ".shared-secret", SECRET, ".issuer", "https://example.com", ".audiences", "a,b");
        Issuer issuer = Issuer.secret(SECRET.getBytes(StandardCharsets.UTF_8));

        assertThat(refusal(authenticator, issuer)).isEqualTo(ErrorCode.UNAUTHENTICATED);
        Map<String, Object> claims = Issuer.claims("aud", "b");
        claims.put("iss", "https://example.com");
        claims.put("exp", Instant.now().getEpochSecond() + 3_600);
        assertThat(authenticator.authenticate(issuer.token(claims), null))
                .succeedsWithin(Duration.ofSeconds(10))
                .satisfies(caller -> assertThat(caller.subject()).isEqualTo("ann"));
    }

    @Test
    void pemFile_isRead_andOneThatCannotBeUsedStopsTheStart(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("keys.pem");
        assertThatThrownBy(() -> started("", "jwt", ".pem-file", file.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("processgroups.auth.pem-file: the keys in " + file);
        assertThatThrownBy(() -> started("", "jwt", ".pem-file", "a\0b"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("processgroups.auth.pem-file must be");

        Files.writeString(file, ISSUER.pem());
        Authenticator authenticator = started("", "jwt", ".pem-file", file.toString());
        assertThat(isLetIn(authenticator, ISSUER)).isTrue();
        assertThat(refusal(authenticator, Issuer.ec("one"))).isEqualTo(ErrorCode.UNAUTHENTICATED);
    }

    /** The start does not wait for the issuer, and the issuer's return is not missed. */
    @Test
    void issuerThatIsAwayAtTheStart_isAskedUntilItAnswers() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] keys = Issuer.jwks(ISSUER).getBytes(StandardCharsets.UTF_8);
        server.createContext("/keys", exchange -> {
            try (exchange) {
                boolean isBack = asked.incrementAndGet() > 3;
                exchange.sendResponseHeaders(isBack ? 200 : 503, isBack ? keys.length : -1);
                if (isBack) {
                    exchange.getResponseBody().write(keys);
                }
            }
        });
        server.start();
        try {
            Authenticator authenticator = started(
                    "",
                    "jwt",
                    ".jwks-url",
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
            assertThat(refusal(authenticator, ISSUER)).isEqualTo(ErrorCode.OVERLOADED);
            await().atMost(Duration.ofSeconds(20)).until(() -> isLetIn(authenticator, ISSUER));
            assertThat(asked.get()).isGreaterThanOrEqualTo(4);
            assertThat(tasks.stalled()).isEmpty();
        } finally {
            server.stop(0);
        }
        assertThat(isLetIn(wiring.authenticator(), ISSUER)).isTrue();
    }
}

package io.plexspaces.processgroups.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Keycloak in a process of its own, on loopback and with its database in memory; ends with this one at the
 * latest. A user's password is {@code password of USER}.
 */
final class KeycloakProcess implements AutoCloseable {
    /** The folder of the distribution; the build's profile {@code keycloak} unpacks it and says where. */
    static final String HOME = "processgroups.test.keycloak";

    private static final Duration START = Duration.ofMinutes(4);
    private static final String ADMIN = "admin";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final int port = NodeProcess.freePort();
    private final Path log;
    private final Process process;
    private final Thread atExit;
    private int highestPriority = 1_000;

    private KeycloakProcess(Path home) {
        this.log = home.resolveSibling("keycloak-" + port + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--import-realm")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KC_"));
        builder.environment()
                .putAll(Map.of(
                        "KC_BOOTSTRAP_ADMIN_USERNAME",
                        ADMIN,
                        "KC_BOOTSTRAP_ADMIN_PASSWORD",
                        passwordOf(ADMIN),
                        "JAVA_OPTS_KC_HEAP",
                        "-Xms64m -Xmx512m",
                        "JAVA_OPTS_APPEND",
                        "-XX:TieredStopAtLevel=1"));
        try {
            this.process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        this.atExit = new Thread(this::end);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Where it was unpacked to. Where the build was not asked to, the test is skipped, and says so. */
    static Path required(String test) {
        String home = System.getProperty(HOME);
        if (home == null) {
            System.err.println("SKIPPED " + test + ": needs a Keycloak, from ./mvnw verify -Pkeycloak");
        }
        Assumptions.assumeTrue(home != null, "needs the profile keycloak");
        assertThat(Path.of(home, "bin", "kc.sh")).isExecutable();
        return Path.of(home);
    }

    /**
     * Starts it, and returns when it serves.
     *
     * @param home where it was unpacked to
     * @param realms what it begins with: their names, and what is imported for each
     */
    static KeycloakProcess start(Path home, Map<String, String> realms) {
        try {
            Path imported = Files.createDirectories(home.resolve("data/import"));
            for (Map.Entry<String, String> realm : realms.entrySet()) {
                Files.writeString(imported.resolve(realm.getKey() + ".json"), realm.getValue());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        KeycloakProcess begun = new KeycloakProcess(home);
        try {
            await().atMost(START)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> !begun.isAlive() || realms.keySet().stream().allMatch(begun::serves));
            assertThat(begun.isAlive())
                    .as(() -> Files.exists(begun.log) ? begun.output() : "")
                    .isTrue();
            return begun;
        } catch (RuntimeException | AssertionError failure) {
            begun.close();
            throw failure;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed until now. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean serves(String realm) {
        try {
            return send(request("/realms/" + realm + "/protocol/openid-connect/certs"))
                            .statusCode()
                    == 200;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** A new access token, as a client gets one for the password of a user. */
    String token(String realm, String client, String user) {
        return tokens(realm, client, user).get("access_token").textValue();
    }

    /** What tells a client who its user is; no token for a service. */
    String idToken(String realm, String client, String user) {
        return tokens(realm, client, user).get("id_token").textValue();
    }

    private JsonNode tokens(String realm, String client, String user) {
        Map<String, String> form = Map.of(
                "grant_type",
                "password",
                "scope",
                "openid",
                "client_id",
                client,
                "username",
                user,
                "password",
                passwordOf(user));
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return json(request("/realms/" + realm + "/protocol/openid-connect/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Adds a key to a realm, which publishes it, and still signs with another. Returns an id for {@link #prefer}. */
    String addKey(String realm) {
        String id = UUID.randomUUID().toString();
        Map<String, ?> provider = Map.of(
                "id",
                id,
                "name",
                id,
                "providerId",
                "rsa-generated",
                "providerType",
                "org.keycloak.keys.KeyProvider",
                "config",
                Map.of("priority", List.of("1")));
        json(administering("/admin/realms/" + realm + "/components").POST(json(provider)));
        return id;
    }

    /** Has new tokens signed with a key that was added; those of before are still published. */
    void prefer(String realm, String id) {
        String path = "/admin/realms/" + realm + "/components/" + id;
        ObjectNode provider = json(administering(path)).deepCopy();
        provider.withObject("/config").putArray("priority").add(Integer.toString(++highestPriority));
        json(administering(path).PUT(json(provider)));
    }

    /** Both at once. */
    void rotate(String realm) {
        prefer(realm, addKey(realm));
    }

    /** Publishes a key no longer. */
    void withdraw(String realm, String kid) {
        for (JsonNode key :
                json(administering("/admin/realms/" + realm + "/keys")).get("keys")) {
            if (key.path("kid").asText().equals(kid)) {
                String provider = key.get("providerId").textValue();
                json(administering("/admin/realms/" + realm + "/components/" + provider)
                        .DELETE());
                return;
            }
        }
        throw new AssertionError(realm + " has no key " + kid);
    }

    /** What a user may read of its own account. */
    JsonNode account(String realm, String token) {
        return json(accountRequest(realm, token));
    }

    /** As a user that changes its own account. Returns the status of the answer. */
    int changeAccount(String realm, String token, JsonNode account) {
        return send(accountRequest(realm, token).POST(json(account))).statusCode();
    }

    private HttpRequest.Builder accountRequest(String realm, String token) {
        return request("/realms/" + realm + "/account")
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token);
    }

    private HttpRequest.Builder administering(String path) {
        return request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token("master", "admin-cli", ADMIN));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(30));
    }

    private static String passwordOf(String user) {
        return "password of " + user;
    }

    private static HttpRequest.BodyPublisher json(Object body) {
        return HttpRequest.BodyPublishers.ofString(JSON.valueToTree(body).toString());
    }

    /** The answer to a request that must succeed; missing: it has no content. */
    private static JsonNode json(HttpRequest.Builder request) {
        HttpResponse<String> answer = send(request);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        try {
            return JSON.readTree(answer.body());
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Its script first, which would begin a further process otherwise. */
    private void end() {
        List<ProcessHandle> begun = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        begun.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        end();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException exiting) {
            // the hook runs already
        }
    }
}

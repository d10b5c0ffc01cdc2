package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.access.ActorPattern;
import io.plexspaces.processgroups.access.Rule;
import io.smallrye.config.EnvConfigSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationCheckTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String SOURCES = "exactly one of processgroups.auth.jwks-url, processgroups.auth.pem-file,"
            + " processgroups.auth.shared-secret, but has ";

    private static ProcessGroupsConfig config(String... keysAndValues) {
        return ProcessGroupsConfigTest.config(values(keysAndValues));
    }

    /** Of keys that begin with {@code processgroups.auth}; the rest of a key and its value take turns. */
    private static Map<String, String> values(String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put("processgroups.auth" + keysAndValues[i], keysAndValues[i + 1]);
        }
        return values;
    }

    private static ProcessGroupsConfig jwt(String... more) {
        Map<String, String> values = values(more);
        values.put("processgroups.auth", "jwt");
        values.put("processgroups.auth.shared-secret", SECRET);
        return ProcessGroupsConfigTest.config(values);
    }

    private static List<String> complaints(ProcessGroupsConfig config) {
        assertThat(ConfigCheck.complaints(config)).isEqualTo(AuthenticationCheck.complaints(config));
        return AuthenticationCheck.complaints(config);
    }

    /** One is a key of its own, and what all others begin with. */
    @Test
    void modeAndKeysBelowIt_areAllRead() {
        ProcessGroupsConfig config = config(
                "", "jwt",
                ".jwks-url", "https://example.com/keys",
                ".jwks-refresh", "1M",
                ".issuer", "https://example.com",
                ".audiences", "one,two",
                ".claims.tenant", "org",
                ".claims.subject", "uid",
                ".claims.roles", "realm_access.roles",
                ".claims.rules", "pg",
                ".none-anywhere", "true",
                ".plaintext", "true");
        ProcessGroupsConfig.Authentication settings = config.authentication();

        assertThat(config.auth()).isEqualTo(ProcessGroupsConfig.Auth.JWT);
        assertThat(settings.jwksUrl()).hasValue("https://example.com/keys");
        assertThat(settings.jwksRefresh()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.issuer()).hasValue("https://example.com");
        assertThat(settings.audiences()).hasValue(List.of("one", "two"));
        assertThat(settings.claims().tenant()).isEqualTo("org");
        assertThat(settings.claims().subject()).isEqualTo("uid");
        assertThat(settings.claims().roles()).isEqualTo("realm_access.roles");
        assertThat(settings.claims().rules()).isEqualTo("pg");
        assertThat(settings.noneAnywhere()).isTrue();
        assertThat(settings.plaintext()).isTrue();
        assertThat(complaints(config)).isEmpty();
    }

    @Test
    void withoutKeys_nobodyIsAsked() {
        ProcessGroupsConfig config = config();

        assertThat(config.auth()).isEqualTo(ProcessGroupsConfig.Auth.NONE);
        assertThat(config.authentication().jwksUrl()).isEmpty();
        assertThat(config.authentication().jwksRefresh()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.authentication().claims().subject()).isEqualTo("sub");
        assertThat(config.authentication().roles()).isEmpty();
        assertThat(config.authentication().noneAnywhere()).isFalse();
        assertThat(complaints(config)).isEmpty();
    }

    @Test
    void environmentVariables_setTheSame() {
        ProcessGroupsConfig config = ProcessGroupsConfigTest.config(new EnvConfigSource(
                Map.of(
                        "PROCESSGROUPS_AUTH", "jwt",
                        "PROCESSGROUPS_AUTH_JWKS_URL", "https://example.com/keys",
                        "PROCESSGROUPS_AUTH_CLAIMS_TENANT", "org",
                        "PROCESSGROUPS_AUTH_ROLES_MODERATOR_0__OPS", "read,manage",
                        "PROCESSGROUPS_AUTH_ROLES_MODERATOR_0__GROUPS", "chat.*",
                        "PROCESSGROUPS_AUTH_ROLES_MODERATOR_0__ACTORS", "${sub}/a"),
                300));

        assertThat(config.auth()).isEqualTo(ProcessGroupsConfig.Auth.JWT);
        assertThat(config.authentication().jwksUrl()).hasValue("https://example.com/keys");
        assertThat(config.authentication().claims().tenant()).isEqualTo("org");
        assertThat(AuthenticationCheck.roles(config).get("moderator"))
                .singleElement()
                .satisfies(rule -> assertThat(rule.groups()).hasSize(1))
                .satisfies(rule -> assertThat(rule.operations()).hasSize(2))
                .satisfies(rule -> assertThat(rule.actors()).isEqualTo(List.of(new ActorPattern("${sub}/a"))));
    }

    @Test
    void jwt_needsExactlyOneSourceOfKeys() {
        assertThat(complaints(config("", "jwt"))).containsExactly("processgroups.auth = jwt needs " + SOURCES + "none");
        assertThat(complaints(config("", "jwt", ".pem-file", "a.pem", ".jwks-url", "https://example.com")))
                .containsExactly("processgroups.auth = jwt needs " + SOURCES
                        + "processgroups.auth.jwks-url and processgroups.auth.pem-file");
        assertThat(complaints(jwt(".pem-file", "a.pem", ".jwks-url", "https://example.com")))
                .hasSize(1);
        assertThat(complaints(config("", "jwt", ".pem-file", "a.pem"))).isEmpty();
        assertThat(complaints(jwt())).isEmpty();
    }

    /** Who wrote one of these meant jwt. */
    @Test
    void none_takesNoSourceOfKeys() {
        assertThat(complaints(config(".jwks-url", "https://example.com", ".shared-secret", SECRET)))
                .containsExactly(
                        "processgroups.auth.jwks-url must not be set with processgroups.auth = none,"
                                + " which asks for no tokens",
                        "processgroups.auth.shared-secret must not be set with processgroups.auth = none,"
                                + " which asks for no tokens");
        assertThat(complaints(config(".issuer", "https://example.com"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8081/keys", "https://example.com", "HTTPS://[::1]:443/a?b=c"})
    void address_ofHttpIsTaken(String url) {
        assertThat(complaints(config("", "jwt", ".jwks-url", url))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com/PRIVATE",
                "/PRIVATE",
                "ftp://example.com/PRIVATE",
                "file:///PRIVATE",
                "https:///PRIVATE",
                "https:PRIVATE",
                "https://user:PRIVATE@example.com",
                "https://example.com:0/PRIVATE",
                "https://example.com:65536/PRIVATE",
                "https://exa mple.com/PRIVATE",
            })
    void addressThatCannotBeAsked_isRefused_withoutShowingIt(String url) {
        assertThat(complaints(config("", "jwt", ".jwks-url", url)))
                .singleElement()
                .asString()
                .startsWith("processgroups.auth.jwks-url must be an address such as https://")
                .doesNotContain("PRIVATE");
    }

    @Test
    void shortSecret_isRefused_withoutShowingIt() {
        assertThat(complaints(config("", "jwt", ".shared-secret", "ä".repeat(16))))
                .isEmpty();
        assertThat(complaints(config("", "jwt", ".shared-secret", "PRIVATE")))
                .containsExactly("processgroups.auth.shared-secret: the shared secret must have at least 32 bytes,"
                        + " but has 7");
    }

    @Test
    void roles_areRead() {
        Map<String, List<Rule>> roles = AuthenticationCheck.roles(jwt(
                ".roles.moderator[0].groups", "chat.*,talk.*",
                ".roles.moderator[0].ops", "manage",
                ".roles.moderator[1].namespaces", "default",
                ".roles.moderator[1].topics[0]", "room.>",
                ".roles.moderator[1].topics[1]", "news",
                ".roles.\"chat.user\"[0].actors", "${sub},${sub}/*",
                ".roles.\"chat.user\"[0].ops", "*"));

        assertThat(roles.keySet()).containsExactly("chat.user", "moderator");
        assertThat(roles.get("moderator")).hasSize(2);
        assertThat(roles.get("moderator").get(0).groups()).hasSize(2);
        assertThat(roles.get("moderator").get(1).topics()).hasSize(2);
        assertThat(roles.get("chat.user").get(0))
                .satisfies(rule -> assertThat(rule.actors()).hasSize(2))
                .satisfies(rule -> assertThat(rule.operations()).hasSize(4));
    }

    @Test
    void illegalRules_areAllNamed() {
        assertThat(complaints(jwt(
                        ".roles.a[0].topics", "x,y,z z",
                        ".roles.a[1].ops", "write",
                        ".roles.\"b.c\"[0].groups", "${sub}")))
                .hasSize(3)
                .anySatisfy(one -> assertThat(one).startsWith("processgroups.auth.roles.a[0].topics[2]: "))
                .anySatisfy(one -> assertThat(one).startsWith("processgroups.auth.roles.a[1].ops[0]: must be join"))
                .anySatisfy(one -> assertThat(one).startsWith("processgroups.auth.roles.\"b.c\"[0].groups[0]: "));
    }

    /** In rules, what looks like an expression is the subject, or a mistake. */
    @Test
    void expressions_areNotExpandedInRules() {
        assertThat(complaints(jwt(".roles.a[0].actors", "${user.name}")))
                .singleElement()
                .asString()
                .startsWith("processgroups.auth.roles.a[0].actors[0]: ");
        assertThat(jwt(".issuer", "${processgroups.auth.claims.tenant}")
                        .authentication()
                        .issuer())
                .hasValue("tenant");
    }

    /** It would read as a list that is left out, which allows more. */
    @ParameterizedTest
    @CsvSource({
        ".audiences, ''",
        ".audiences, ' , '",
        ".issuer, ''",
        ".jwks-url, ''",
        ".claims.tenant, ''",
        ".roles.a[0].topics, ''",
        ".roles.a[0].topics, ','",
        ".roles.a[0].groups, ' '",
        ".roles.a[0].topics[0], ''",
        ".issuer, ${missing}",
        ".audiences, ${missing}",
        ".pem-file, ${missing}",
    })
    void emptyValue_isRefused(String key, String value) {
        assertThatThrownBy(() -> jwt(".roles.a[0].ops", "join", key, value))
                .hasMessageContaining("processgroups.auth" + key)
                .hasMessageContaining("empty");
    }

    @Test
    void unknownKeyOfARule_isRefused() {
        assertThatThrownBy(() -> jwt(".roles.a[0].topic", "x")).hasMessageContaining("processgroups.auth.roles.a[0]");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, ''",
        "localhost, ::1, ''",
        "127.0.0.1, '[::1]', ''",
        "127.9.8.7, localhost, ''",
        "0.0.0.0, 127.0.0.1, quarkus.grpc.server.host = 0.0.0.0",
        "127.0.0.1, 0.0.0.0, quarkus.http.host = 0.0.0.0",
        "127.0.0.1, '::', 'quarkus.http.host = ::'",
        "10.0.0.1, 10.0.0.1, quarkus.grpc.server.host = 10.0.0.1",
        "127.0.0.1, 127.example.invalid, quarkus.http.host = 127.example.invalid",
    })
    void none_elsewhereThanOnLoopback_isRefused_withBothWaysOut(String grpc, String http, String begin) {
        String complaint = open(config(), grpc, http);

        if (begin.isEmpty()) {
            assertThat(complaint).isNull();
        } else {
            assertThat(complaint)
                    .startsWith(begin)
                    .contains("processgroups.auth=jwt")
                    .contains("processgroups.auth.none-anywhere=true");
        }
        assertThat(open(config(".none-anywhere", "true"), grpc, http)).isNull();
        assertThat(open(jwt(), grpc, http)).isNull();
    }

    @Test
    void tokensAsPlainText_elsewhereThanOnLoopback_areRefused_withBothWaysOut() {
        Map<String, String> hosts = Map.of("quarkus.grpc.server.host", "127.0.0.1", "quarkus.http.host", "0.0.0.0");

        assertThat(AuthenticationCheck.plaintextComplaint(jwt(), hosts))
                .startsWith("quarkus.http.host = 0.0.0.0 is not loopback")
                .contains("processgroups.tls")
                .contains("processgroups.auth.plaintext=true");
        assertThat(AuthenticationCheck.plaintextComplaint(jwt(".plaintext", "true"), hosts))
                .isNull();
        assertThat(AuthenticationCheck.plaintextComplaint(jwt(), Map.of("quarkus.http.host", "::1")))
                .isNull();
        assertThat(AuthenticationCheck.plaintextComplaint(config(), hosts)).isNull();
    }

    private static @Nullable String open(ProcessGroupsConfig config, String grpc, String http) {
        return AuthenticationCheck.openComplaint(
                config, Map.of("quarkus.grpc.server.host", grpc, "quarkus.http.host", http));
    }
}

package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import io.plexspaces.processgroups.token.TokenSettings.ClaimNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClaimsTest {
    private static final long NOW = Issuer.NOW;
    private static final TokenSettings STRICT =
            new TokenSettings("https://issuer.example.com/", Set.of("chat", "news"), ClaimNames.DEFAULT);

    private static VerifiedToken verified(Map<String, Object> claims, TokenSettings settings) {
        return new Claims(claims, settings).verified(Instant.ofEpochSecond(NOW), "digest");
    }

    private static VerifiedToken verified(String name, Object value) {
        return verified(Issuer.claims(name, value), Issuer.ANY);
    }

    /** Null: accepted. */
    private static Reason reason(Map<String, Object> claims, TokenSettings settings) {
        try {
            verified(claims, settings);
            return null;
        } catch (TokenRefused refused) {
            return refused.reason();
        }
    }

    static Stream<Arguments> times() {
        return Stream.of(
                Arguments.of("exp", NOW - 29, null),
                Arguments.of("exp", NOW - 30, Reason.EXPIRED),
                Arguments.of("exp", 0L, Reason.EXPIRED),
                Arguments.of("exp", NOW - 29.5, Reason.EXPIRED),
                Arguments.of("exp", NOW + 0.5, null),
                Arguments.of("exp", 253_402_300_799L, null),
                Arguments.of("exp", 253_402_300_800L, Reason.CLAIM),
                Arguments.of("exp", Long.MAX_VALUE, Reason.CLAIM),
                Arguments.of("exp", Double.POSITIVE_INFINITY, Reason.CLAIM),
                Arguments.of("exp", Double.NaN, Reason.CLAIM),
                Arguments.of("exp", -1L, Reason.CLAIM),
                Arguments.of("exp", "soon", Reason.CLAIM),
                Arguments.of("exp", String.valueOf(NOW + 10), Reason.CLAIM),
                Arguments.of("exp", true, Reason.CLAIM),
                Arguments.of("exp", List.of(NOW + 10), Reason.CLAIM),
                Arguments.of("exp", null, Reason.CLAIM),
                Arguments.of("nbf", NOW + 30, null),
                Arguments.of("nbf", NOW + 31, Reason.NOT_YET_VALID),
                Arguments.of("nbf", "now", Reason.CLAIM),
                Arguments.of("nbf", null, null));
    }

    @ParameterizedTest
    @MethodSource("times")
    void time_hasThirtySecondsOfLeeway(String name, Object value, Reason reason) {
        assertThat(reason(Issuer.claims(name, value), Issuer.ANY)).isEqualTo(reason);
    }

    @Test
    void expiry_isRequired() {
        Map<String, Object> claims = Issuer.claims();
        claims.remove("exp");

        assertThatThrownBy(() -> verified(claims, Issuer.ANY)).hasMessage("token refused: claim exp is required");
    }

    static Stream<Arguments> issuersAndAudiences() {
        String ours = "https://issuer.example.com/";
        return Stream.of(
                Arguments.of(ours, "chat", null),
                Arguments.of(ours, List.of("other", "news"), null),
                Arguments.of("https://issuer.example.com", "chat", Reason.ISSUER),
                Arguments.of("https://evil.example.com/", "chat", Reason.ISSUER),
                Arguments.of(List.of(ours), "chat", Reason.ISSUER),
                Arguments.of(null, "chat", Reason.ISSUER),
                Arguments.of(ours, "Chat", Reason.AUDIENCE),
                Arguments.of(ours, "chat news", Reason.AUDIENCE),
                Arguments.of(ours, List.of(), Reason.AUDIENCE),
                Arguments.of(ours, List.of(1, List.of("chat")), Reason.AUDIENCE),
                Arguments.of(ours, Map.of("chat", "chat"), Reason.AUDIENCE),
                Arguments.of(ours, null, Reason.AUDIENCE));
    }

    @ParameterizedTest
    @MethodSource("issuersAndAudiences")
    void issuerAndAudience_areThoseOfTheSettings(Object issuer, Object audience, Reason reason) {
        Map<String, Object> claims = Issuer.claims("iss", issuer);
        claims.put("aud", audience);

        assertThat(reason(claims, STRICT)).isEqualTo(reason);
        assertThat(reason(claims, Issuer.ANY)).isNull();
    }

    static Stream<Arguments> wrongTypes() {
        return Stream.of(
                Arguments.of("tenant", null, Reason.TENANT),
                Arguments.of("tenant", "", Reason.TENANT),
                Arguments.of("tenant", 7, Reason.TENANT),
                Arguments.of("tenant", List.of("acme"), Reason.TENANT),
                Arguments.of("tenant", "acme/other", Reason.TENANT),
                Arguments.of("tenant", "*", Reason.TENANT),
                Arguments.of("tenant", "a".repeat(129), Reason.TENANT),
                Arguments.of("sub", null, Reason.CLAIM),
                Arguments.of("sub", " ", Reason.CLAIM),
                Arguments.of("sub", 7, Reason.CLAIM),
                Arguments.of("roles", 7, Reason.CLAIM),
                Arguments.of("roles", Map.of(), Reason.CLAIM),
                Arguments.of("roles", List.of("a", 1), Reason.CLAIM),
                Arguments.of("roles", Arrays.asList("a", null), Reason.CLAIM),
                Arguments.of("processgroups", "all", Reason.CLAIM),
                Arguments.of("processgroups", Map.of(), Reason.CLAIM),
                Arguments.of("processgroups", Arrays.asList((Object) null), Reason.CLAIM));
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void claimOfWrongType_isRefused(String name, Object value, Reason reason) {
        assertThat(reason(Issuer.claims(name, value), Issuer.ANY)).isEqualTo(reason);
    }

    @Test
    void roles_areAListOrWords() {
        assertThat(verified("roles", List.of("a", "b c")).roles()).containsExactly("a", "b c");
        assertThat(verified("roles", "  a b  c ").roles()).containsExactly("a", "b", "c");
        assertThat(verified("roles", "").roles()).isEmpty();
        assertThat(verified(Issuer.claims(), Issuer.ANY).roles()).isEmpty();
    }

    @Test
    void rules_areCopiedAsTheyAre_andNotDeep() {
        List<Object> rules = new ArrayList<>(List.of("text", 1L, true, new HashMap<>(Map.of("ops", List.of("*")))));
        VerifiedToken verified = verified("processgroups", rules);
        rules.clear();

        assertThat(verified.rules()).isEqualTo(List.of("text", 1L, true, Map.of("ops", List.of("*"))));
        assertThatThrownBy(() -> ((Map<?, ?>) verified.rules().get(3)).clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(reason(Issuer.claims("processgroups", nested(8)), Issuer.ANY))
                .isNull();
        assertThat(reason(Issuer.claims("processgroups", nested(9)), Issuer.ANY))
                .isEqualTo(Reason.CLAIM);
    }

    private static List<?> nested(int depth) {
        return depth == 1 ? List.of() : List.of(nested(depth - 1));
    }

    static Stream<Arguments> paths() {
        return Stream.of(
                Arguments.of("tenant", Map.of("tenant", "a"), "a"),
                Arguments.of("app.tenant", Map.of("app", Map.of("tenant", "a")), "a"),
                Arguments.of("app.tenant", Map.of("app.tenant", "b", "app", Map.of("tenant", "a")), "b"),
                Arguments.of("https://example.com/tenant", Map.of("https://example.com/tenant", "a"), "a"),
                Arguments.of(
                        "https://example.com/app.tenant",
                        Map.of("https://example.com/app", Map.of("tenant", "a")),
                        "a"),
                Arguments.of("a.b.c", Map.of("a", Map.of("x", "y"), "a.b", Map.of("c", "z")), "z"),
                Arguments.of("a.b.c", Map.of("a", Map.of("b", Map.of("c", "z"))), "z"),
                Arguments.of("a.b", Map.of("a", "b"), null),
                Arguments.of("a..b", Map.of("a", Map.of("b", "c")), null),
                Arguments.of(".a", Map.of("a", "b"), null));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void name_isTriedWholeFirst_thenAsAPath(String name, Map<String, Object> found, String tenant) {
        Map<String, Object> claims = Issuer.claims();
        claims.remove("tenant");
        claims.putAll(found);
        TokenSettings settings =
                new TokenSettings(null, Set.of(), new ClaimNames(name, "sub", "roles", "processgroups"));

        if (tenant == null) {
            assertThat(reason(claims, settings)).isEqualTo(Reason.TENANT);
        } else {
            assertThat(verified(claims, settings).tenant()).isEqualTo(tenant);
        }
    }

    @Test
    void settings_holdNoEmptyTexts() {
        assertThatThrownBy(() -> new ClaimNames("", "sub", "roles", "rules"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenSettings("", Set.of(), ClaimNames.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TokenSettings(null, Set.of(""), ClaimNames.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

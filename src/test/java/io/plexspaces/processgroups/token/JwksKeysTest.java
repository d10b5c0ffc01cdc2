package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.tasks.FakeTime;
import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JwksKeysTest {
    private static final Issuer OLD = Issuer.rsa("old");
    private static final Issuer NEW = Issuer.ec("new");

    private final FakeTime time = new FakeTime();
    private final List<CompletableFuture<String>> fetches = new ArrayList<>();
    private final JwksKeys keys = new JwksKeys(this::fetch, time::now, time);
    private final TokenVerifier verifier =
            new CheckingVerifier(keys, Issuer.ANY, new MovingClock(), Runnable::run, 10_000);
    private final CapturedLog log = new CapturedLog(JwksKeys.class);

    private CompletionStage<String> fetch() {
        CompletableFuture<String> fetch = new CompletableFuture<>();
        fetches.add(fetch);
        return fetch;
    }

    @AfterEach
    void close() {
        log.close();
    }

    private CompletableFuture<String> last() {
        return fetches.get(fetches.size() - 1);
    }

    private void begun(String answer) {
        keys.refresh();
        last().complete(answer);
    }

    private Reason reason(Issuer issuer) {
        return Issuer.reason(verifier.verify(issuer.token()));
    }

    @Test
    void unknownKid_fetches_onceForAllWhoWait() {
        begun(Issuer.jwks(OLD));
        List<CompletionStage<VerifiedToken>> waiting =
                Stream.generate(() -> verifier.verify(NEW.token())).limit(100).toList();

        assertThat(fetches).hasSize(2);
        assertThat(reason(OLD)).isNull();
        last().complete(Issuer.jwks(OLD, NEW));
        assertThat(waiting).allMatch(one -> Issuer.reason(one) == null);
        assertThat(reason(NEW)).isNull();
        assertThat(fetches).hasSize(2);
    }

    @Test
    void unknownKids_fetchEveryThirtySecondsAtMost() {
        begun(Issuer.jwks(OLD));
        assertThat(verifier.verify(NEW.token()).toCompletableFuture()).isNotDone();
        last().complete(Issuer.jwks(OLD));
        for (int i = 0; i < 1_000; i++) {
            assertThat(Issuer.reason(verifier.verify(NEW.token("kid" + i, Map.of(), "{}"))))
                    .isEqualTo(Reason.UNKNOWN_KEY);
        }
        assertThat(fetches).hasSize(2);

        time.pass(JwksKeys.COOL_DOWN.minusNanos(1));
        assertThat(reason(NEW)).isEqualTo(Reason.UNKNOWN_KEY);
        time.pass(Duration.ofNanos(1));
        CompletionStage<VerifiedToken> waiting = verifier.verify(NEW.token());
        assertThat(fetches).hasSize(3);
        last().complete(Issuer.jwks(OLD, NEW));
        assertThat(Issuer.reason(waiting)).isNull();
    }

    /** The timer is not held back by what clients send, and does not hold a new key back. */
    @Test
    void refresh_hasNoCoolDown() {
        begun(Issuer.jwks(OLD));
        verifier.verify(NEW.token());
        last().complete(Issuer.jwks(OLD));

        CompletionStage<Boolean> refreshed = keys.refresh();
        assertThat(fetches).hasSize(3);
        keys.refresh();
        assertThat(fetches).hasSize(3);
        last().complete(Issuer.jwks(OLD, NEW));
        assertThat(Issuer.value(refreshed)).isTrue();
        assertThat(reason(NEW)).isNull();
    }

    @Test
    void rotation_endsTheOldKey_andIsALoss() {
        begun(Issuer.jwks(OLD));
        begun(Issuer.jwks(OLD, NEW));
        assertThat(reason(OLD)).isNull();
        assertThat(reason(NEW)).isNull();
        begun(Issuer.jwks(NEW, OLD));
        assertThat(keys.losses()).isZero();

        begun(Issuer.jwks(NEW));
        assertThat(keys.losses()).isEqualTo(1);
        CompletionStage<VerifiedToken> old = verifier.verify(OLD.token());
        last().complete(Issuer.jwks(NEW));
        assertThat(Issuer.reason(old)).isEqualTo(Reason.UNKNOWN_KEY);
        assertThat(reason(NEW)).isNull();
    }

    @Test
    void anotherKeyUnderTheSameName_isALoss() {
        begun(Issuer.jwks(OLD));
        begun(Issuer.jwks(Issuer.rsa("old")));

        assertThat(keys.losses()).isEqualTo(1);
        assertThat(reason(OLD)).isEqualTo(Reason.SIGNATURE);
    }

    /**
     * A quarter of an hour, second by second: another key is announced and taken into use, the issuer is away for ten
     * minutes in every way there is, and strangers send tokens with keys of their own all the time.
     */
    @Test
    void rotationAndLongOutage_underTraffic_refuseNoValidToken() {
        List<String> outage = List.of("", "{", "{\"keys\":[]}", "<html>");
        int accepted = 0;
        begun(Issuer.jwks(OLD));
        for (int second = 0; second < 900; second++) {
            boolean away = second >= 180 && second < 780;
            String published = second < 60 ? Issuer.jwks(OLD) : Issuer.jwks(OLD, NEW);
            if (second % 60 == 0) {
                keys.refresh();
            }
            verifier.verify(NEW.token("kid" + second, Map.of(), "{}"));
            if (!last().isDone()) {
                answer(last(), away ? outage.get(second % outage.size()) : published, away && second % 7 == 0);
            }
            for (Issuer issuer : second < 120 ? List.of(OLD) : List.of(OLD, NEW)) {
                assertThat(reason(issuer))
                        .as("%s in second %d", issuer.kid(), second)
                        .isNull();
                accepted++;
            }
            time.pass(Duration.ofSeconds(1));
        }
        assertThat(accepted).isEqualTo(120 + 2 * 780);
        assertThat(keys.losses()).isZero();
        assertThat(fetches).hasSizeLessThan(60);
    }

    private static void answer(CompletableFuture<String> fetch, String text, boolean fails) {
        if (fails) {
            fetch.completeExceptionally(new IOException("connection refused"));
        } else {
            fetch.complete(text);
        }
    }

    @Test
    void beforeTheFirstAnswer_keysAreUnavailable() {
        CompletionStage<VerifiedToken> waiting = verifier.verify(OLD.token());
        assertThat(fetches).hasSize(1);
        last().completeExceptionally(new IOException("refused"));
        assertThat(Issuer.reason(waiting)).isEqualTo(Reason.KEYS_UNAVAILABLE);
        assertThat(reason(OLD)).isEqualTo(Reason.KEYS_UNAVAILABLE);
        assertThat(Reason.KEYS_UNAVAILABLE.retryable()).isTrue();

        begun(Issuer.jwks(OLD));
        assertThat(reason(OLD)).isNull();
    }

    static Stream<String> garbage() {
        List<Map<String, Object>> tooMany = new ArrayList<>(Collections.nCopies(101, OLD.jwk()));
        return Stream.of(
                "",
                "null",
                "[]",
                "<html>503</html>",
                "{\"keys\":7}",
                "{\"keys\":[]}",
                "{\"keys\":[null,7,{},{\"kty\":\"RSA\"},{\"kty\":\"XYZ\",\"kid\":\"old\"}]}",
                "{\"error\":\"unavailable\"}",
                "[".repeat(100_000),
                Issuer.jwks(tooMany),
                Issuer.jwks(Collections.nCopies(10_000, OLD.jwk())),
                Issuer.jwks(OLD) + " ".repeat(256 * 1024));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void outageAndGarbage_leaveTheOldKeys_andAreToldOnce(String answer) {
        begun(Issuer.jwks(OLD));
        for (int i = 0; i < 5; i++) {
            CompletionStage<Boolean> refreshed = keys.refresh();
            last().complete(answer);
            assertThat(Issuer.value(refreshed)).isFalse();
            assertThat(reason(OLD)).isNull();
        }
        keys.refresh();
        last().completeExceptionally(new IOException("503"));
        assertThat(keys.losses()).isZero();
        assertThat(log.lines).hasSize(1);
        assertThat(log.lines.get(0))
                .startsWith("WARN")
                .contains("the old ones stay in use")
                .hasSizeLessThan(250);

        begun(Issuer.jwks(OLD));
        assertThat(log.lines).hasSize(2);
        assertThat(log.lines.get(1)).startsWith("INFO");
    }

    /** A valid token of a new key is told to come again while the key cannot be fetched. */
    @Test
    void unknownKid_duringAnOutage_meansUnavailable() {
        begun(Issuer.jwks(OLD));
        CompletionStage<VerifiedToken> waiting = verifier.verify(NEW.token());
        last().completeExceptionally(new IOException("503"));

        assertThat(Issuer.reason(waiting)).isEqualTo(Reason.KEYS_UNAVAILABLE);
        assertThat(reason(NEW)).isEqualTo(Reason.KEYS_UNAVAILABLE);
        assertThat(reason(OLD)).isNull();
        assertThat(fetches).hasSize(2);
    }

    @Test
    void fetchThatNeverAnswers_isGivenUp_andItsLateAnswerDropped() {
        CompletionStage<VerifiedToken> waiting = verifier.verify(OLD.token());
        time.pass(JwksKeys.LONGEST_FETCH.minusNanos(1));
        assertThat(waiting.toCompletableFuture()).isNotDone();
        time.pass(Duration.ofNanos(1));
        assertThat(Issuer.reason(waiting)).isEqualTo(Reason.KEYS_UNAVAILABLE);

        begun(Issuer.jwks(NEW));
        fetches.get(0).complete(Issuer.jwks(OLD));
        assertThat(reason(NEW)).isNull();
        assertThat(keys.losses()).isZero();
        time.pass(JwksKeys.LONGEST_FETCH);
        assertThat(log.lines).hasSize(2);
    }

    @Test
    void slowFetch_isShared_andItsBoundIsTakenBack() {
        CompletionStage<VerifiedToken> first = verifier.verify(OLD.token());
        time.pass(JwksKeys.LONGEST_FETCH.dividedBy(2));
        CompletionStage<VerifiedToken> second = verifier.verify(OLD.token());
        assertThat(fetches).hasSize(1);
        last().complete(Issuer.jwks(OLD));
        time.pass(JwksKeys.LONGEST_FETCH);

        assertThat(Issuer.reason(first)).isNull();
        assertThat(Issuer.reason(second)).isNull();
        assertThat(log.lines).isEmpty();
    }

    @Test
    void fewWaitForAFetch_othersAreToldToRetry() {
        List<CompletionStage<List<Key>>> waiting = Stream.generate(() -> keys.find("old", Algorithm.RS256))
                .limit(JwksKeys.MOST_WAITING)
                .toList();

        assertThat(Issuer.reason(keys.find("old", Algorithm.RS256))).isEqualTo(Reason.BUSY);
        last().complete(Issuer.jwks(OLD));
        assertThat(waiting).allMatch(one -> Issuer.reason(one) == null);
        assertThat(reason(OLD)).isNull();
    }

    @Test
    void fetcherThatThrows_isAnOutage() {
        JwksKeys broken = new JwksKeys(
                () -> {
                    throw new IllegalStateException("closed");
                },
                time::now,
                time);

        assertThat(Issuer.value(broken.refresh())).isFalse();
        assertThat(Issuer.value(broken.refresh())).isFalse();
        assertThat(Issuer.reason(broken.find("old", Algorithm.RS256))).isEqualTo(Reason.KEYS_UNAVAILABLE);
    }

    @Test
    void timerThatHasStopped_isAnOutage() {
        time.stop();

        assertThat(Issuer.value(keys.refresh())).isFalse();
        assertThat(fetches).isEmpty();
    }

    @Test
    void keysThatAreNotForSignatures_areSkipped() {
        Issuer encrypting = Issuer.rsa("enc");
        Issuer other = Issuer.rsa("rs512");
        Issuer operations = Issuer.rsa("ops");
        begun(Issuer.jwks(List.of(
                with(encrypting, "use", "enc"),
                with(other, "alg", "RS512"),
                with(operations, "key_ops", List.of("sign")),
                with(OLD, "x5u", "https://evil.example.com/cert.pem"),
                Map.of("kty", "oct", "kid", "s", "k", Issuer.base64(new byte[32])),
                with(NEW, "use", "sig"))));

        assertThat(reason(OLD)).isNull();
        assertThat(reason(NEW)).isNull();
        assertThat(Issuer.reason(verifier.verify(OLD.token(null, Map.of(), "{}"))))
                .isEqualTo(Reason.CLAIM);
        CompletionStage<VerifiedToken> waiting = verifier.verify(encrypting.token());
        last().complete(Issuer.jwks(OLD));
        assertThat(Issuer.reason(waiting)).isEqualTo(Reason.UNKNOWN_KEY);
        assertThat(reason(other)).isEqualTo(Reason.UNKNOWN_KEY);
        assertThat(reason(operations)).isEqualTo(Reason.UNKNOWN_KEY);
    }

    private static Map<String, Object> with(Issuer issuer, String name, Object value) {
        Map<String, Object> key = new HashMap<>(issuer.jwk());
        key.put(name, value);
        return key;
    }
}

package io.plexspaces.processgroups.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CachedVerifierTest {
    private static final long HOUR = 3_600;

    private final MovingClock clock = new MovingClock();
    private final AtomicLong losses = new AtomicLong();
    private final Map<String, Integer> checks = new HashMap<>();
    private final List<CompletableFuture<VerifiedToken>> underWay = new ArrayList<>();
    private final CachedVerifier waiting = cached(this::checkLater, 3, 1_000);
    private final CachedVerifier verifier = cached(this::check, 3, 1_000);

    private CachedVerifier cached(TokenVerifier checking, int mostTokens, long mostLength) {
        return new CachedVerifier(checking, clock, losses::get, mostTokens, mostLength);
    }

    private CompletionStage<VerifiedToken> check(String token) {
        checks.merge(token, 1, Integer::sum);
        return CompletableFuture.completedFuture(verified(token));
    }

    private CompletionStage<VerifiedToken> checkLater(String token) {
        CompletableFuture<VerifiedToken> one = new CompletableFuture<>();
        underWay.add(one);
        return one;
    }

    private static VerifiedToken verified(String token) {
        Instant expiry = Instant.ofEpochSecond(Issuer.NOW + HOUR);
        return new VerifiedToken("acme", token, List.of(), List.of(), expiry, "digest");
    }

    private void verify(String... tokens) {
        for (String token : tokens) {
            assertThat(Issuer.value(verifier.verify(token)).subject()).isEqualTo(token);
        }
    }

    @Test
    void token_isCheckedOnce_untilItExpires() {
        verify("a", "a", "a");
        assertThat(checks).containsEntry("a", 1);

        clock.pass(HOUR - 1);
        verify("a");
        assertThat(checks).containsEntry("a", 1);
        clock.pass(1);
        verify("a", "a");
        assertThat(checks).containsEntry("a", 3);
        assertThat(verifier.size()).isZero();
    }

    @Test
    void leastRecentlyUsed_goes() {
        verify("a", "b", "c", "a", "d");
        assertThat(verifier.size()).isEqualTo(3);

        verify("a", "c", "d");
        assertThat(checks).containsEntry("a", 1).containsEntry("c", 1).containsEntry("d", 1);
        verify("b");
        assertThat(checks).containsEntry("b", 2);
    }

    @Test
    void lengthOfTokens_isBoundedTogether() {
        String half = "h".repeat(500);
        verify(half, "i".repeat(500));
        assertThat(verifier.size()).isEqualTo(2);
        verify("j");
        assertThat(verifier.size()).isEqualTo(2);
        verify(half);
        assertThat(checks).containsEntry(half, 2);
        verify("k".repeat(1_001));
        assertThat(verifier.size()).isZero();
        clock.pass(HOUR);
        verify("a", "b", "c");
        assertThat(verifier.size()).isZero();
    }

    @Test
    void tenThousandTokens_areKept() {
        CachedVerifier real = new CachedVerifier(this::check, clock, losses::get);
        for (int i = 0; i < 10_010; i++) {
            real.verify("token" + i);
        }
        assertThat(real.size()).isEqualTo(10_000);
    }

    @Test
    void refusals_areNotKept_andReachAllWhoWaitAsTheyAre() {
        List<CompletionStage<VerifiedToken>> checked =
                Stream.generate(() -> waiting.verify("a")).limit(3).toList();
        assertThat(underWay).hasSize(1);
        underWay.get(0).completeExceptionally(new CompletionException(new TokenRefused(Reason.BUSY)));

        assertThat(checked).allMatch(one -> Issuer.reason(one) == Reason.BUSY);
        CompletionStage<VerifiedToken> again = waiting.verify("a");
        assertThat(underWay).hasSize(2);
        underWay.get(1).complete(verified("a"));
        assertThat(Issuer.reason(again)).isNull();
        assertThat(Issuer.value(waiting.verify("a")).subject()).isEqualTo("a");
        assertThat(underWay).hasSize(2);
    }

    @Test
    void callers_shareACheck_andNotItsCancelling() {
        CompletionStage<VerifiedToken> first = waiting.verify("a");
        CompletionStage<VerifiedToken> second = waiting.verify("a");
        CompletionStage<VerifiedToken> other = waiting.verify("b");
        assertThat(underWay).hasSize(2);

        first.toCompletableFuture().cancel(true);
        assertThat(second.toCompletableFuture()).isNotDone();
        underWay.get(0).complete(verified("a"));
        assertThat(Issuer.value(second).subject()).isEqualTo("a");
        assertThat(other.toCompletableFuture()).isNotDone();
    }

    @Test
    void keyThatIsTakenAway_endsWhatWasVerifiedBefore() {
        verify("a");
        losses.incrementAndGet();
        verify("a", "a");
        assertThat(checks).containsEntry("a", 2);
    }

    /** The check may have used the key that is gone. */
    @Test
    void keyThatIsTakenAwayDuringACheck_endsItsResult() {
        waiting.verify("a");
        losses.incrementAndGet();
        underWay.get(0).complete(verified("a"));

        waiting.verify("a");
        assertThat(underWay).hasSize(2);
    }

    @Test
    void tokenThatExpiresDuringACheck_isNotKept() {
        waiting.verify("a");
        clock.pass(HOUR);
        underWay.get(0).complete(verified("a"));

        assertThat(waiting.size()).isZero();
    }

    @Test
    void checkThatThrows_refuses() {
        CachedVerifier broken = cached(
                token -> {
                    throw new TokenRefused(Reason.BUSY);
                },
                3,
                100);

        assertThat(Issuer.reason(broken.verify("a"))).isEqualTo(Reason.BUSY);
        assertThat(Issuer.reason(broken.verify("a"))).isEqualTo(Reason.BUSY);
    }

    @Test
    void tooLargeToken_isRefusedUnread() {
        Keys keys = Issuer.keys(Issuer.ed("d"));
        CachedVerifier real = cached(new CheckingVerifier(keys, Issuer.ANY, clock, Runnable::run, 9), 3, 1_000);

        assertThat(Issuer.reason(real.verify("x".repeat(8_193)))).isEqualTo(Reason.TOO_LARGE);
        assertThat(Issuer.reason(real.verify("x"))).isEqualTo(Reason.MALFORMED);
    }

    /** Within the leeway a token is good, but checked each time. */
    @Test
    void tokenWithinTheLeeway_isNotKept() {
        Issuer issuer = Issuer.ed("d");
        CachedVerifier real =
                cached(new CheckingVerifier(Issuer.keys(issuer), Issuer.ANY, clock, Runnable::run, 9), 3, 1_000);
        String token = issuer.token();
        clock.pass(HOUR + 29);

        assertThat(Issuer.reason(real.verify(token))).isNull();
        assertThat(real.size()).isZero();
        clock.pass(1);
        assertThat(Issuer.reason(real.verify(token))).isEqualTo(Reason.EXPIRED);
    }

    @Test
    void manyThreads_shareOneCheck() throws Exception {
        int threads = 8;
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<VerifiedToken> check = new CompletableFuture<>();
        CachedVerifier shared = cached(
                token -> {
                    begun.incrementAndGet();
                    return check;
                },
                3,
                100);
        CountDownLatch start = new CountDownLatch(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<CompletionStage<VerifiedToken>>> verified = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                verified.add(executor.submit(() -> {
                    start.countDown();
                    start.await();
                    return shared.verify("a");
                }));
            }
            List<CompletionStage<VerifiedToken>> all = new ArrayList<>();
            for (Future<CompletionStage<VerifiedToken>> one : verified) {
                all.add(one.get());
            }
            check.complete(verified("a"));
            assertThat(begun).hasValue(1);
            assertThat(all).allMatch(one -> Issuer.reason(one) == null);
        } finally {
            executor.shutdown();
        }
    }
}

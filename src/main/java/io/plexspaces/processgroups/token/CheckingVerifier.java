package io.plexspaces.processgroups.token;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.security.Key;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * Checks every token from the beginning, in the order size, form, algorithm, key, signature, claims: what costs little
 * comes first, and no claim is read before the signature is right. A signature costs up to 2 ms, so it is checked on an
 * executor, with a bound on how many wait there.
 */
public final class CheckingVerifier implements TokenVerifier {
    private final Keys keys;
    private final TokenSettings settings;
    private final InstantSource clock;
    private final Executor executor;
    private final int mostWaiting;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param executor for signatures and claims; no event loop
     * @param mostWaiting tokens that wait for the executor, > 0; further ones are refused with BUSY
     */
    public CheckingVerifier(
            Keys keys, TokenSettings settings, InstantSource clock, Executor executor, int mostWaiting) {
        if (mostWaiting <= 0) {
            throw new IllegalArgumentException("at least one token must be able to wait");
        }
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
        this.executor = executor;
        this.mostWaiting = mostWaiting;
    }

    @Override
    public CompletionStage<VerifiedToken> verify(String token) {
        CompletableFuture<VerifiedToken> answer = new CompletableFuture<>();
        try {
            CompactToken read = CompactToken.read(token);
            if (!keys.allows(read.algorithm())) {
                throw new TokenRefused(Reason.ALGORITHM);
            }
            keys.find(read.kid(), read.algorithm()).whenComplete((found, failure) -> {
                if (failure == null) {
                    submit(read, found, answer);
                } else {
                    answer.completeExceptionally(unwrapped(failure));
                }
            });
        } catch (RuntimeException failure) {
            answer.completeExceptionally(failure);
        }
        return answer;
    }

    /** What a stage that depends on others wraps. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Tokens that wait for the executor. */
    public int waiting() {
        return waiting.get();
    }

    private void submit(CompactToken token, List<Key> found, CompletableFuture<VerifiedToken> answer) {
        if (waiting.incrementAndGet() > mostWaiting) {
            waiting.decrementAndGet();
            answer.completeExceptionally(new TokenRefused(Reason.BUSY));
            return;
        }
        try {
            executor.execute(() -> check(token, found, answer));
        } catch (RejectedExecutionException full) {
            waiting.decrementAndGet();
            answer.completeExceptionally(new TokenRefused(Reason.BUSY));
        }
    }

    private void check(CompactToken token, List<Key> found, CompletableFuture<VerifiedToken> answer) {
        waiting.decrementAndGet();
        VerifiedToken verified;
        try {
            verified = verified(token, found);
        } catch (Throwable failure) {
            answer.completeExceptionally(failure);
            return;
        }
        answer.complete(verified);
    }

    private VerifiedToken verified(CompactToken token, List<Key> found) {
        // Keys promise it. A mistake there must not let a public key be used as a secret.
        List<Key> fitting = found.stream().filter(token.algorithm()::fits).toList();
        if (fitting.isEmpty()) {
            throw new TokenRefused(Reason.ALGORITHM);
        }
        if (fitting.stream().noneMatch(key -> isSigned(token, key))) {
            throw new TokenRefused(Reason.SIGNATURE);
        }
        return new Claims(CompactToken.json(token.payload()), settings)
                .verified(clock.instant(), CompactToken.digest(token.text()));
    }

    private static boolean isSigned(CompactToken token, Key key) {
        if (token.signatureBytes() != token.algorithm().signatureBytes(key)) {
            return false;
        }
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(new AlgorithmConstraints(
                AlgorithmConstraints.ConstraintType.PERMIT, token.algorithm().id()));
        try {
            signature.setCompactSerialization(token.text());
            signature.setKey(key);
            return signature.verifySignature();
        } catch (JoseException | RuntimeException unusable) {
            return false;
        }
    }
}

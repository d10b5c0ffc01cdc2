package io.plexspaces.processgroups.token;

import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** One secret that issuer and server share, for HS256 alone: for development and tests. Names of keys do not count. */
public final class SharedSecret implements Keys {
    private static final int LEAST_BYTES = 32;

    private final SecretKey key;

    /**
     * @param secret is copied
     * @throws IllegalArgumentException with a sentence without the secret, when it has less than 32 bytes
     */
    public SharedSecret(byte[] secret) {
        if (secret.length < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "the shared secret must have at least " + LEAST_BYTES + " bytes, but has " + secret.length);
        }
        key = new SecretKeySpec(secret, "HmacSHA256");
    }

    @Override
    public boolean allows(Algorithm algorithm) {
        return algorithm == Algorithm.HS256;
    }

    @Override
    public CompletionStage<List<Key>> find(@Nullable String kid, Algorithm algorithm) {
        return CompletableFuture.completedFuture(List.of(key));
    }

    @Override
    public long losses() {
        return 0;
    }
}

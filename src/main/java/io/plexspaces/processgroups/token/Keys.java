package io.plexspaces.processgroups.token;

import java.security.Key;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The keys tokens are checked with. A token's {@code kid} is compared with theirs, and used for nothing else. */
public sealed interface Keys permits SharedSecret, PemKeys, JwksKeys {
    /** Whether there may be keys for it; no token with another algorithm is looked at further. */
    boolean allows(Algorithm algorithm);

    /**
     * Never throws.
     *
     * @param kid null: the token has none
     * @return those that may have signed the token, one at least, all fitting the algorithm; fails with
     *     {@link TokenRefused} UNKNOWN_KEY, ALGORITHM (the key is of another family), KEYS_UNAVAILABLE or BUSY
     */
    CompletionStage<List<Key>> find(@Nullable String kid, Algorithm algorithm);

    /** How often keys were taken away. What was verified before the last time may have been signed by such a key. */
    long losses();
}

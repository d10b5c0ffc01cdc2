package io.plexspaces.processgroups.token;

import java.util.concurrent.CompletionStage;

/** Turns the text of a bearer token into claims that can be relied on. Thread-safe; no implementation blocks. */
@FunctionalInterface
public interface TokenVerifier {
    /** Of a whole token. A longer one is refused before anything of it is read. */
    int MOST_BYTES = 8 * 1024;

    /**
     * Never throws. The stage ends on the thread of a caller, of an executor, or of whoever fetches keys.
     *
     * @param token without the word {@code Bearer}
     * @return fails with {@link TokenRefused} itself, not wrapped
     */
    CompletionStage<VerifiedToken> verify(String token);
}

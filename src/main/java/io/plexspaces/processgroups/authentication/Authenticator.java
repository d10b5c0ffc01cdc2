package io.plexspaces.processgroups.authentication;

import io.plexspaces.processgroups.access.Caller;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Says who a caller is. Thread-safe; no implementation blocks. */
public interface Authenticator {
    /**
     * Never throws. The stage ends on the thread of the caller, or on one that checks tokens or gets keys.
     *
     * @param token without the word {@code Bearer}; null: none was brought
     * @param from the caller's address, for who is told of those that are not let in; null: it is not known
     * @return fails with a {@code GroupException} itself, not wrapped: UNAUTHENTICATED, or OVERLOADED where the same
     *     token may be accepted later. Its message holds nothing of the token. Any other failure is a defect
     */
    CompletionStage<Caller> authenticate(@Nullable String token, @Nullable SocketAddress from);

    /**
     * Tells of a caller that is not let in for this reason, and whose token was not given to {@link #authenticate}.
     *
     * @param from the caller's address; null: it is not known
     */
    void refused(AuthFailure reason, @Nullable SocketAddress from);

    /** Whether it asks for tokens at all; where it does not, everybody is {@link Caller#anybody}. */
    boolean asks();

    /** Asks nobody, whatever they bring. */
    static Authenticator none() {
        return NoAuthenticator.INSTANCE;
    }
}

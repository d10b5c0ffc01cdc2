package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Namespace;
import io.smallrye.mutiny.Uni;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who the client of one connection is: known when it connected, or said in {@code open}. */
final class SessionCaller {
    private final Authenticator authenticator;
    private final Expiry.Life life;
    private final @Nullable SocketAddress from;
    private volatile Requests requests;
    private volatile boolean known;

    SessionCaller(SessionProtocol.Service service, Connection connection) {
        this.authenticator = service.authenticator();
        this.life = service.expiry().begin(connection, null);
        this.from = connection.address();
        this.requests = service.requests().ofConnection(from);
    }

    /**
     * What its requests are checked by.
     *
     * @throws GroupException UNAUTHENTICATED: it has not said who it is
     */
    Requests requests() {
        if (isAsked()) {
            authenticator.refused(AuthFailure.MISSING, from);
            throw GroupException.of(ErrorCode.UNAUTHENTICATED, "no token was brought");
        }
        return requests;
    }

    /** Whether it still has to say who it is. */
    boolean isAsked() {
        return authenticator.asks() && !known;
    }

    /** From now on its requests need this caller's rights, and with them its connection ends. */
    void is(Caller caller) {
        requests = requests.by(caller, from);
        known = true;
        life.goOn(caller);
    }

    /** Whether anybody's rights can come to an end. */
    boolean asks() {
        return authenticator.asks();
    }

    /**
     * Goes on with the rights of another token, of the same tenant and of somebody who may still be this actor.
     *
     * @return when they end; empty: never. UNAUTHENTICATED; PERMISSION_DENIED; OVERLOADED: it cannot be checked now
     */
    Uni<Optional<Instant>> refresh(String token, Namespace namespace, ActorId actor) {
        return Uni.createFrom()
                .completionStage(() -> authenticator.authenticate(given(token), from))
                .map(caller -> {
                    requests.by(caller, from).needBeing(namespace, actor);
                    is(caller);
                    return Optional.ofNullable(caller.expiresAt());
                });
    }

    /**
     * @param token empty: it brought none, which is refused
     * @return what its requests are checked by; UNAUTHENTICATED; OVERLOADED: the token cannot be checked at present
     */
    Uni<Requests> says(String token) {
        return Uni.createFrom()
                .completionStage(() -> authenticator.authenticate(given(token), from))
                .map(caller -> {
                    is(caller);
                    return requests;
                });
    }

    private static @Nullable String given(String token) {
        return token.isEmpty() ? null : token;
    }
}

package io.plexspaces.processgroups.authentication;

import io.plexspaces.processgroups.access.Caller;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Everybody is anybody. */
final class NoAuthenticator implements Authenticator {
    static final Authenticator INSTANCE = new NoAuthenticator();

    /** Nobody can complete it anew, so all may share it. */
    private final CompletionStage<Caller> anybody = CompletableFuture.completedStage(Caller.anybody());

    private NoAuthenticator() {}

    @Override
    public CompletionStage<Caller> authenticate(@Nullable String token, @Nullable SocketAddress from) {
        return anybody;
    }

    @Override
    public void refused(AuthFailure reason, @Nullable SocketAddress from) {}

    @Override
    public boolean asks() {
        return false;
    }
}

package io.plexspaces.processgroups.authentication;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Is told of every caller that is not let in, once, on the thread that found out. Must be quick and never throw. */
@FunctionalInterface
public interface AuthFailures {
    /** @param from the caller's address; null: it is not known */
    void refused(AuthFailure reason, @Nullable SocketAddress from);
}

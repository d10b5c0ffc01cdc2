package io.plexspaces.processgroups.access;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who wanted to do what, on what.
 *
 * @param caller knows its tenant and subject
 * @param from its address; null: it is not known
 * @param operation one of a few, such as {@code create}
 * @param tenant as the request names it, which need not be the caller's; like what follows, a legal name
 * @param namespace null: all of the tenant's
 * @param group null: none in particular
 * @param actor null: none in particular
 */
public record Attempt(
        Caller caller,
        @Nullable SocketAddress from,
        String operation,
        String tenant,
        @Nullable String namespace,
        @Nullable String group,
        @Nullable String actor) {}

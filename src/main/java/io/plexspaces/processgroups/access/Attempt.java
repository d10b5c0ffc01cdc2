package io.plexspaces.processgroups.access;

import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who wanted to do what, on what.
 *
 * @param caller knows its tenant and subject
 * @param from its address; null: it is not known
 * @param operation one of a few, such as {@code create}
 * @param tenant as the request names it, which need not be the caller's; like what follows, a legal name
 * @param namespace null: all of the tenant's
 * @param group null: none in particular; with an actor, and without a namespace: each of the tenant's
 * @param actor null: none in particular
 * @param ban for how long the actor may not come back; zero: it may again; null: nothing is said of that
 */
public record Attempt(
        Caller caller,
        @Nullable SocketAddress from,
        String operation,
        String tenant,
        @Nullable String namespace,
        @Nullable String group,
        @Nullable String actor,
        @Nullable Duration ban) {
    /** Which bans nobody. */
    public Attempt(
            Caller caller,
            @Nullable SocketAddress from,
            String operation,
            String tenant,
            @Nullable String namespace,
            @Nullable String group,
            @Nullable String actor) {
        this(caller, from, operation, tenant, namespace, group, actor, null);
    }

    /** Whether it is about an actor in all groups of the tenant. */
    public boolean isEverywhere() {
        return actor != null && namespace == null && group == null;
    }

    /** The same, with a ban. */
    public Attempt banning(@Nullable Duration time) {
        return new Attempt(caller, from, operation, tenant, namespace, group, actor, time);
    }
}

package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.KeyedCounts;
import io.plexspaces.processgroups.domain.Namespace;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * How many of this node's live connections each actor and each tenant has. Nothing is kept of one whose last connection
 * has ended. Thread-safe.
 */
final class Shares {
    private final ConnectionSettings bounds;
    private final KeyedCounts<Actor> actors = new KeyedCounts<>();
    private final KeyedCounts<String> tenants = new KeyedCounts<>();

    /** Ordered: clients may make hash codes meet. */
    private record Actor(Namespace namespace, ActorId id) implements Comparable<Actor> {
        @Override
        public int compareTo(Actor other) {
            int order = id.compareTo(other.id);
            return order == 0 ? namespace.compareTo(other.namespace) : order;
        }
    }

    Shares(ConnectionSettings bounds) {
        this.bounds = bounds;
    }

    /**
     * Counts a connection as one of an actor until it ends, or until what it was for has failed.
     *
     * @param returning the actor comes back to a session that has a connection here, which ends with it: for that,
     *     there is room
     * @param use fails with LIMIT_EXCEEDED or QUOTA_EXCEEDED before it has begun when there is none
     */
    <T> Uni<T> counted(
            Connection connection, Namespace namespace, ActorId actor, boolean returning, Supplier<Uni<T>> use) {
        return Uni.createFrom().deferred(() -> {
            int more = returning ? 1 : 0;
            Actor who = new Actor(namespace, actor);
            if (!actors.enter(who, bounds.perActor() + more)) {
                throw GroupException.limit("connections-per-actor", bounds.perActor());
            }
            try {
                enter(namespace.tenant(), more);
            } catch (GroupException full) {
                actors.leave(who);
                throw full;
            }
            return until(connection, use, () -> {
                actors.leave(who);
                tenants.leave(namespace.tenant());
            });
        });
    }

    /** The same for a connection of nobody in particular. */
    <T> Uni<T> counted(Connection connection, String tenant, Supplier<Uni<T>> use) {
        return Uni.createFrom().deferred(() -> {
            enter(tenant, 0);
            return until(connection, use, () -> tenants.leave(tenant));
        });
    }

    private void enter(String tenant, int more) {
        int quota = bounds.quota().of(tenant);
        boolean isLower = quota > 0 && quota < bounds.perTenant();
        if (!tenants.enter(tenant, (isLower ? quota : bounds.perTenant()) + more)) {
            throw isLower
                    ? bounds.quota().exceeded(tenant)
                    : GroupException.limit("connections-per-tenant", bounds.perTenant());
        }
    }

    private static <T> Uni<T> until(Connection connection, Supplier<Uni<T>> use, Runnable leave) {
        AtomicBoolean left = new AtomicBoolean();
        Runnable once = () -> {
            if (left.compareAndSet(false, true)) {
                leave.run();
            }
        };
        return Uni.createFrom().deferred(use::get).onFailure().invoke(once).invoke(used -> {
            connection.onEnd(cause -> once.run());
            if (connection.isClosed()) {
                // It may have ended before it could be heard of.
                once.run();
            }
        });
    }

    /** Actors and tenants that have connections. */
    int size() {
        return actors.keys() + tenants.keys();
    }
}

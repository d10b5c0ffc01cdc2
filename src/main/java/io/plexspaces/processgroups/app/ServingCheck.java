package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.node.LeaseRenewal;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready: started, not stopping, holding the node's lease, with a store that answers, whose announcements arrive, and
 * whose data this server can read. Being overloaded is shown alone, as it passes without a restart; so is periodic work
 * that only fails, as it fails on all servers alike, and none would be left ready.
 */
@Readiness
@Singleton
final class ServingCheck implements HealthCheck {
    private final Lifecycle lifecycle;
    private final Sessions sessions;
    private final DeliveryLoops loops;
    private final StoreWiring store;
    private final LeaseRenewal lease;
    private final PeriodicTasks tasks;

    ServingCheck(
            Lifecycle lifecycle,
            Sessions sessions,
            DeliveryLoops loops,
            StoreWiring store,
            LeaseRenewal lease,
            PeriodicTasks tasks) {
        this.lifecycle = lifecycle;
        this.sessions = sessions;
        this.loops = loops;
        this.store = store;
        this.lease = lease;
        this.tasks = tasks;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> unreadable = store.unreadableLately();
        HealthCheckResponseBuilder said = HealthCheckResponse.named("process-groups");
        // Shown alone: the store serves well until its memory is full.
        store.eviction().ifPresent(policy -> said.withData("store-may-evict", policy));
        return said.status(lifecycle.isServing() && store.isHealthy() && !lease.isLost() && unreadable.isEmpty())
                .withData("node", sessions.node().value())
                .withData("connections", sessions.connected())
                .withData("store", store.isHealthy())
                .withData("lease", !lease.isLost())
                .withData("unreadable", unreadable.orElse(""))
                .withData("failing", String.join(", ", tasks.failing()))
                .withData("overloaded", loops.isOverloaded())
                .build();
    }
}

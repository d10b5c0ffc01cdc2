package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.Sessions;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready: started, not stopping, holding the node's lease, with a store that answers and is heard. Being overloaded is shown, and passes without
 * a restart.
 */
@Readiness
@Singleton
final class ServingCheck implements HealthCheck {
    private final Lifecycle lifecycle;
    private final Sessions sessions;
    private final DeliveryLoops loops;
    private final StoreWiring store;
    private final LeaseRenewal lease;

    ServingCheck(Lifecycle lifecycle, Sessions sessions, DeliveryLoops loops, StoreWiring store, LeaseRenewal lease) {
        this.lifecycle = lifecycle;
        this.sessions = sessions;
        this.loops = loops;
        this.store = store;
        this.lease = lease;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("process-groups")
                .status(lifecycle.isServing() && store.isHealthy() && !lease.isLost())
                .withData("node", sessions.node().value())
                .withData("connections", sessions.connected())
                .withData("store", store.isHealthy())
                .withData("lease", !lease.isLost())
                .withData("overloaded", loops.isOverloaded())
                .build();
    }
}

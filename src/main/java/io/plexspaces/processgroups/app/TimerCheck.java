package io.plexspaces.processgroups.app;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive: the thread that ends leases and graces still takes work. Without it, memberships would never end. */
@Liveness
@Singleton
final class TimerCheck implements HealthCheck {
    private final TimerThread timer;

    TimerCheck(TimerThread timer) {
        this.timer = timer;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("timer").status(timer.isRunning()).build();
    }
}

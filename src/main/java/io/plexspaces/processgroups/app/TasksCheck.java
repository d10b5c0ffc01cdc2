package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.tasks.PeriodicTasks;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Alive: all periodic work is done, the timer's thread and the event loops run, and every pass ends. Without that,
 * memberships would never end, and only a restart helps. A store that is away does not count as such a failure.
 */
@Liveness
@Singleton
final class TasksCheck implements HealthCheck {
    private final PeriodicTasks tasks;

    TasksCheck(PeriodicTasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> stalled = tasks.stalled();
        return HealthCheckResponse.named("tasks")
                .status(stalled.isEmpty())
                .withData("stalled", String.join(", ", stalled))
                .build();
    }
}

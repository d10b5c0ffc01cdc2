package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.group.Housekeeping;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.core.session.EvictionFollower;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;

/** The periodic work of a serving node, beside renewing its lease. */
@Singleton
final class Background {
    private static final Duration DELIVERY_CHECK = Duration.ofSeconds(2);

    /** A loop that does nothing for so long hangs: no turn takes more than a fraction of it. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

    private final Replicas replicas;
    private final Housekeeping reaper;
    private final EvictionFollower evictions;
    private final Duration longestCall;
    private final DeliveryLoops loops;
    private final PeriodicTasks tasks;
    private final TimerThread timer;

    Background(
            Replicas replicas,
            Housekeeping reaper,
            EvictionFollower evictions,
            ProcessGroupsConfig config,
            DeliveryLoops loops,
            PeriodicTasks tasks,
            TimerThread timer) {
        this.replicas = replicas;
        this.reaper = reaper;
        this.evictions = evictions;
        this.longestCall = StoreWiring.longestCall(config);
        this.loops = loops;
        this.tasks = tasks;
        this.timer = timer;
    }

    /** To be called once, when this node has its lease. */
    void begin() {
        replicas.asks().listen();
        reaper.start(tasks, timer.delays());
        evictions.start(tasks, timer.delays(), longestCall.multipliedBy(2));
        timer.every(DELIVERY_CHECK, LONGEST_TURN, "delivering", () -> Uni.createFrom()
                .completionStage(loops.turned()));
    }
}

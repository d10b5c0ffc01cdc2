package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.Target;
import io.plexspaces.processgroups.bench.system.Target.Memory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast subscribers come, and what each costs while nothing is published. The last thing done is one publish to all.
 */
record Connecting() {
    private static final double KIB = 1024;

    Outcome run(Target target, Topology topology) {
        int connections = topology.places().size();
        Memory before = target.memory();
        try (Run run = new Run(target, topology)) {
            long cpu = target.cpuNanos();
            long start = System.nanoTime();
            boolean subscribed = run.subscribe();
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuMicros = (target.cpuNanos() - cpu) / 1e3 / connections;
            if (!subscribed) {
                return new Outcome(
                        target.name(), Map.of(), List.of("subscribers could not subscribe: " + run.failures()));
            }
            Memory after = target.memory();
            run.connectPublishers();
            run.publish(System.nanoTime());
            run.flush();
            run.drain();
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("connections/s", connections / seconds);
            metrics.put("server CPU us/connection", cpuMicros);
            if (before.used() >= 0) {
                metrics.put("heap+direct KiB/connection", (after.used() - before.used()) / KIB / connections);
            }
            metrics.put("resident KiB/connection", (after.resident() - before.resident()) / KIB / connections);
            return new Outcome(target.name(), metrics, run.failures());
        }
    }
}

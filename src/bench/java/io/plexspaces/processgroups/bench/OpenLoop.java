package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.ChildProcess;
import io.plexspaces.processgroups.bench.system.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Latency at a fixed rate. Open loop: messages are due at fixed times whatever happened to those before, and a latency
 * runs from the time a message was due to the time a subscriber has read it, so that no delay is left out.
 */
record OpenLoop(Options options, int publishesPerSecond) {
    private static final double NANOS_PER_MILLI = 1e6;

    Outcome run(Target target, Topology topology) {
        try (Run run = new Run(target, topology)) {
            if (!run.subscribe()) {
                return new Outcome(
                        target.name(), Map.of(), List.of("subscribers could not subscribe: " + run.failures()));
            }
            run.connectPublishers();
            long period = 1_000_000_000L / publishesPerSecond;
            long start = System.nanoTime() + period;
            long from = start + options.settled().toNanos();
            long end = from + options.measured().toNanos();
            run.tally().recordLatenciesFrom(from);
            publish(run, start, from, period);
            long serverCpu = target.cpuNanos();
            long clientCpu = ChildProcess.cpuNanos(ProcessHandle.current().pid());
            long storeCpu = target.storeCpuNanos();
            publish(run, from, end, period);
            long storeUsed = target.storeCpuNanos() - storeCpu;
            double deliveries = (double) topology.widest() * (end - from) / period;
            long serverUsed = target.cpuNanos() - serverCpu;
            long clientUsed = ChildProcess.cpuNanos(ProcessHandle.current().pid()) - clientCpu;
            run.drain();
            List<String> failures = run.failures();
            Map<String, Double> metrics = latencies(run.tally().latencies());
            if (serverCpu >= 0) {
                metrics.put("server CPU us/delivery", serverUsed / 1e3 / deliveries);
            }
            if (storeCpu >= 0) {
                metrics.put("store CPU us/delivery", storeUsed / 1e3 / deliveries);
            }
            metrics.put("client CPU us/delivery", clientUsed / 1e3 / deliveries);
            return new Outcome(target.name(), metrics, failures);
        }
    }

    /** One message each {@code period}, in nanoseconds like the times. */
    static void publish(Run run, long from, long until, long period) {
        for (long due = from; due - until < 0; due += period) {
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            run.publish(due);
            run.flush();
        }
    }

    private static Map<String, Double> latencies(Histogram nanos) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("p50 ms", nanos.getValueAtPercentile(50) / NANOS_PER_MILLI);
        metrics.put("p99 ms", nanos.getValueAtPercentile(99) / NANOS_PER_MILLI);
        metrics.put("p99.9 ms", nanos.getValueAtPercentile(99.9) / NANOS_PER_MILLI);
        metrics.put("max ms", nanos.getMaxValue() / NANOS_PER_MILLI);
        return metrics;
    }
}

package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.ChildProcess;
import io.plexspaces.processgroups.bench.system.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * As much as goes through. Closed loop: a message is published when those on their way to subscribers, and those
 * without an answer, leave room in the window; so nobody's queue overflows, and what is measured arrived.
 */
record Saturated(Options options) {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    Outcome run(Target target, Topology topology) {
        try (Run run = new Run(target, topology)) {
            if (run.subscribe()) {
                run.connectPublishers();
                return measure(run, target, topology);
            }
            return new Outcome(target.name(), Map.of(), concat("subscribers could not subscribe", run.failures()));
        }
    }

    private Outcome measure(Run run, Target target, Topology topology) {
        boolean stalled = !publish(run, topology, options.settled());
        Sample from = Sample.of(run, target);
        stalled = stalled || !publish(run, topology, options.measured());
        Sample to = Sample.of(run, target);
        run.drain();
        List<String> failures = run.failures();
        return new Outcome(
                target.name(), from.until(to), stalled && failures.isEmpty() ? List.of("stalled") : failures);
    }

    /** @return false: nothing moved any more */
    boolean publish(Run run, Topology topology, Duration time) {
        int widest = topology.widest();
        long window = (long) options.window() * widest;
        long deadline = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - deadline < 0) {
            // Room for a quarter of the window at least, so that publishes travel together.
            if (!run.tally().await(run.tally()::received, run.expected() - window * 3 / 4, PATIENCE)
                    || !awaitAnswers(run)) {
                return false;
            }
            long room = Math.max(1, (window - (run.expected() - run.tally().received())) / widest);
            long now = System.nanoTime();
            for (long i = 0; i < room; i++) {
                run.publish(now);
            }
            run.flush();
        }
        return true;
    }

    private boolean awaitAnswers(Run run) {
        long answers = run.tally().answers();
        return answers == 0 || run.tally().await(run.tally()::answers, run.publishes() - options.window(), PATIENCE);
    }

    private static List<String> concat(String first, List<String> others) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(first), others.stream())
                .toList();
    }

    /** Counters at one time. */
    private record Sample(long nanos, long received, long publishes, long serverCpu, long storeCpu, long clientCpu) {
        static Sample of(Run run, Target target) {
            return new Sample(
                    System.nanoTime(),
                    run.tally().received(),
                    run.publishes(),
                    target.cpuNanos(),
                    target.storeCpuNanos(),
                    ChildProcess.cpuNanos(ProcessHandle.current().pid()));
        }

        Map<String, Double> until(Sample end) {
            double seconds = (end.nanos - nanos) / 1e9;
            double deliveries = end.received - received;
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("deliveries/s", deliveries / seconds);
            metrics.put("publishes/s", (end.publishes - publishes) / seconds);
            if (serverCpu >= 0) {
                metrics.put("server CPU us/delivery", (end.serverCpu - serverCpu) / 1e3 / deliveries);
                metrics.put("server cores", (end.serverCpu - serverCpu) / 1e9 / seconds);
            }
            if (storeCpu >= 0) {
                metrics.put("store CPU us/delivery", (end.storeCpu - storeCpu) / 1e3 / deliveries);
                metrics.put("store cores", (end.storeCpu - storeCpu) / 1e9 / seconds);
            }
            metrics.put("client CPU us/delivery", (end.clientCpu - clientCpu) / 1e3 / deliveries);
            metrics.put("client cores", (end.clientCpu - clientCpu) / 1e9 / seconds);
            return metrics;
        }
    }
}

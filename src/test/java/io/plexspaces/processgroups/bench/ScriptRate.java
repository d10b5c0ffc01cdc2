package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.RedisTarget;
import io.plexspaces.processgroups.bench.system.ScriptCalls;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** How many calls of a small script Redis answers: what membership changes through it are compared with. */
record ScriptRate(Options options, RedisTarget redis) {
    /** The label of calls on a connection each; else all are on one. */
    static final String EACH = "redis, 64 connections";

    private static final int AT_ONCE = 64;

    List<Outcome> run() {
        return List.of(run(redis.name(), 1), run(EACH, AT_ONCE));
    }

    private Outcome run(String label, int connections) {
        try (ScriptCalls calls = redis.scriptCalls(connections, AT_ONCE)) {
            pause(options.settled().toNanos());
            long cpu = redis.cpuNanos();
            long before = calls.answers();
            long from = System.nanoTime();
            pause(options.measured().toNanos());
            double seconds = (System.nanoTime() - from) / 1e9;
            Map<String, Double> metrics = Map.of(
                    "changes/s",
                    (calls.answers() - before) / seconds,
                    "server cores",
                    (redis.cpuNanos() - cpu) / 1e9 / seconds);
            return new Outcome(label, metrics, calls.failures());
        }
    }

    static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

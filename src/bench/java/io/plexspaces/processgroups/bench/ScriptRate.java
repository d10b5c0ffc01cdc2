package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.RedisTarget;
import io.plexspaces.processgroups.bench.system.ScriptCalls;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** How many calls of scripts Redis answers: what membership changes through it are compared with. */
record ScriptRate(Options options, RedisTarget redis) {
    /** The label of calls on a connection each; else all are on one. */
    static final String EACH = "redis, 64 connections";

    /** The label of calls of the service's own script, on one connection. */
    static final String MEMBERSHIP = "redis, script of joins";

    private static final int AT_ONCE = 64;

    List<Outcome> run() {
        return List.of(
                run(redis.name(), redis.countingCalls(1, AT_ONCE)),
                run(EACH, redis.countingCalls(AT_ONCE, AT_ONCE)),
                run(MEMBERSHIP, redis.membershipCalls(AT_ONCE)));
    }

    private Outcome run(String label, ScriptCalls begun) {
        try (ScriptCalls calls = begun) {
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

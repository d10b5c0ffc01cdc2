package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.system.ChildProcess;
import io.plexspaces.processgroups.bench.system.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The time after a load in which nothing arrives any more, but the compilers of the JVMs still work on what was loaded.
 */
final class Quiet {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(45);

    /** Processor time of one look that a process without work may use. */
    private static final long IDLE_NANOS = Duration.ofMillis(60).toNanos();

    private Quiet() {}

    /** Returns when the targets and this process are idle, or have not become so for a long time. */
    static void await(List<Target> targets) {
        List<LongSupplier> processes = new ArrayList<>();
        targets.forEach(target -> processes.add(target::cpuNanos));
        processes.add(() -> ChildProcess.cpuNanos(ProcessHandle.current().pid()));
        long[] before = processes.stream().mapToLong(LongSupplier::getAsLong).toArray();
        try {
            Awaitility.await()
                    .pollDelay(LOOK)
                    .pollInterval(LOOK)
                    .atMost(LONGEST)
                    .until(() -> wereIdle(processes, before));
        } catch (ConditionTimeoutException stillBusy) {
            System.err.println("still busy " + LONGEST.toSeconds() + " s after the load");
        }
    }

    private static boolean wereIdle(List<LongSupplier> processes, long[] before) {
        boolean idle = true;
        for (int i = 0; i < before.length; i++) {
            long now = processes.get(i).getAsLong();
            idle &= now - before[i] <= IDLE_NANOS;
            before[i] = now;
        }
        return idle;
    }
}

package io.plexspaces.processgroups.log;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Callers that meet in a queue, in as many orders as Lincheck tries: it switches threads wherever they touch what they
 * share. {@link SerialQueueTest} has what only real processors show.
 */
public class SerialQueueOrdersTest {
    /** @param orders how many are tried for each of five choices of what the callers do */
    private static void check(int callers, int orders) {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(orders)
                .threads(callers)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .check(Callers.class);
    }

    /** New for each order; what tasks touch has no care for threads, as the queue is to see to that. */
    public static class Callers {
        private static final int MOST = 8;

        /** What a caller's tasks give is counted apart: tasks of the caller may come before it. */
        private static final int INSIDE = 4;

        private final SerialQueue queue = new SerialQueue();

        // Of each caller alone: the number of its newest task.
        private final int[] given = new int[MOST];

        // Of the tasks.
        private final int[] newest = new int[MOST];
        private int running;
        private boolean overlapped;
        private boolean misplaced;

        @Operation
        public void give(@Param(gen = ThreadIdGen.class) int caller) {
            int task = ++given[caller];
            queue.execute(() -> run(caller, task));
        }

        @Operation
        public void giveOneThatGivesAnother(@Param(gen = ThreadIdGen.class) int caller) {
            int task = ++given[caller];
            int inside = caller + INSIDE;
            int another = ++given[inside];
            queue.execute(() -> {
                queue.execute(() -> run(inside, another));
                run(caller, task);
            });
        }

        private void run(int caller, int task) {
            overlapped |= ++running != 1;
            misplaced |= newest[caller] != task - 1;
            newest[caller] = task;
            overlapped |= running-- != 1;
        }

        /** When all callers have returned, and no thread is left to run anything. */
        @Validate
        public void check() {
            if (overlapped) {
                throw new IllegalStateException("two tasks ran at a time");
            }
            if (misplaced) {
                throw new IllegalStateException("a task ran twice, or before one that its caller had given before it");
            }
            for (int caller = 0; caller < MOST; caller++) {
                if (newest[caller] != given[caller]) {
                    throw new IllegalStateException("a task never ran");
                }
            }
        }
    }

    @Test
    void twoCallers_inAnyOrder_eachTaskRunsOnceAndAlone() {
        check(2, 200);
    }

    @Test
    void threeCallers_inAnyOrder_eachTaskRunsOnceAndAlone() {
        check(3, 100);
    }
}

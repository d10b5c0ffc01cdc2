package io.plexspaces.processgroups.core.delivery;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Threads that post to a loop while it turns, in as many orders as Lincheck tries: it switches threads wherever they
 * touch what they share.
 */
public class DeliveryLoopOrdersTest {
    /** New for each order. */
    public static class Posters {
        private static final int MOST = 4;

        private final Queue<Runnable> executor = new ConcurrentLinkedQueue<>();
        private final DeliveryLoop loop = new DeliveryLoop(executor::add, () -> 0, DeliveryObserver.NONE);

        // Of each poster alone: the number of its newest step.
        private final int[] posted = new int[MOST];

        // Of the loop.
        private final int[] newest = new int[MOST];
        private boolean misplaced;
        private boolean twice;

        @Operation
        public void post(@Param(gen = ThreadIdGen.class) int poster) {
            int step = ++posted[poster];
            loop.post(() -> {
                misplaced |= newest[poster] != step - 1;
                newest[poster] = step;
            });
        }

        /** As the thread of the loop does: one turn at a time. */
        @Operation(nonParallelGroup = "loop")
        public void turn() {
            Runnable turn = executor.poll();
            twice |= turn != null && !executor.isEmpty();
            if (turn != null) {
                turn.run();
            }
        }

        /** When all have posted, and the loop has done what was given to its executor. */
        @Validate
        public void check() {
            while (!executor.isEmpty()) {
                turn();
            }
            if (misplaced) {
                throw new IllegalStateException("a step ran twice, or before one that was posted before it");
            }
            for (int poster = 0; poster < MOST; poster++) {
                if (newest[poster] != posted[poster]) {
                    throw new IllegalStateException("a step waits for a turn that nobody has asked for");
                }
            }
            if (twice) {
                throw new IllegalStateException("two turns were asked for at a time");
            }
        }
    }

    @Test
    void post_whileTheLoopTurns_eachStepIsDoneOnceInItsPostersOrder() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(100)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(0)
                .check(Posters.class);
    }
}

package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.SerialQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Long work, cut into short steps that take turns with those of others on one thread at a time, so that no event loop
 * waits for it, and a few long requests do not keep all processors busy. Thread-safe.
 */
final class Steps {
    private final SerialQueue turns = new SerialQueue();
    private final Executor executor;

    /** @param executor on whose threads nobody waits */
    Steps(Executor executor) {
        this.executor = executor;
    }

    /**
     * Takes the first step at once, on the thread of the caller, and those that follow later.
     *
     * @param step one of a few milliseconds; false: it was the last
     */
    void run(BooleanSupplier step) {
        if (step.getAsBoolean()) {
            later(step);
        }
    }

    private void later(BooleanSupplier step) {
        later(() -> run(step));
    }

    /** One step of work that has steps elsewhere. */
    void later(Runnable step) {
        Runnable next = () -> turns.execute(step);
        try {
            executor.execute(next);
        } catch (RejectedExecutionException ending) {
            next.run();
        }
    }
}

package io.plexspaces.processgroups.tasks;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something once, later. */
@FunctionalInterface
public interface Delays {
    /**
     * @param nanos ≥ 0
     * @return takes it back, if it has not begun; idempotent
     * @throws RejectedExecutionException nothing is begun any more
     */
    Runnable after(long nanos, Runnable step);

    /** On the threads of an executor. */
    static Delays on(ScheduledExecutorService timer) {
        return (nanos, step) -> {
            Future<?> waiting = timer.schedule(step, nanos, TimeUnit.NANOSECONDS);
            return () -> waiting.cancel(false);
        };
    }
}

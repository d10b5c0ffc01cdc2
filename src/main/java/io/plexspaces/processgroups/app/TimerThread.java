package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One thread for graces and regular work, each of which only begins something. */
@Singleton
final class TimerThread {
    private static final Logger LOG = Logger.getLogger(TimerThread.class);

    private final ScheduledThreadPoolExecutor executor = new Telling();

    private final Delays delays = Delays.on(executor);
    private final PeriodicTasks tasks;

    TimerThread(PeriodicTasks tasks) {
        executor.setRemoveOnCancelPolicy(true);
        this.tasks = tasks;
    }

    ScheduledExecutorService executor() {
        return executor;
    }

    Delays delays() {
        return delays;
    }

    /** Begins something once, later. */
    void after(Duration delay, Runnable step) {
        delays.after(delay.toNanos(), step);
    }

    /** Begins something again and again, watched; {@link PeriodicTasks} says how. */
    void every(Duration period, Duration longest, String name, Supplier<? extends Uni<?>> pass) {
        tasks.every(period, longest, name, delays, pass);
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }

    /** Logs what a step has thrown, which the executor would otherwise keep silently. */
    private static final class Telling extends ScheduledThreadPoolExecutor {
        Telling() {
            super(1, task -> {
                Thread thread = new Thread(task, "processgroups-timer");
                thread.setDaemon(true);
                return thread;
            });
        }

        @Override
        protected void afterExecute(Runnable step, @Nullable Throwable thrown) {
            super.afterExecute(step, thrown);
            if (step instanceof Future<?> done && done.isDone() && !done.isCancelled()) {
                try {
                    done.get();
                } catch (ExecutionException failure) {
                    LOG.error("A step of the timer failed", failure.getCause());
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}

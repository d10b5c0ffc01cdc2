package io.plexspaces.processgroups.app;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** One thread for graces and regular work, each of which only begins something. */
@Singleton
final class TimerThread {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "processgroups-timer");
        thread.setDaemon(true);
        return thread;
    });

    TimerThread() {
        executor.setRemoveOnCancelPolicy(true);
    }

    ScheduledExecutorService executor() {
        return executor;
    }

    boolean isRunning() {
        return !executor.isShutdown();
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }
}

package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.Settings;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What sessions do later. Nothing is done any more once the server stops. Thread-safe. */
final class Graces {
    /** A client that reconnects sooner counts as never disconnected. */
    private static final Duration MOMENT = Duration.ofMillis(200);

    private static final Duration SHORT_GRACE = Duration.ofSeconds(1);

    private final Settings settings;
    private final ScheduledExecutorService timer;
    private final BooleanSupplier stopping;

    Graces(Settings settings, ScheduledExecutorService timer, BooleanSupplier stopping) {
        this.settings = settings;
        this.timer = timer;
        this.stopping = stopping;
    }

    /** @return null: the server stops */
    @Nullable
    Future<?> afterGrace(Runnable action) {
        return after(settings.grace(), action);
    }

    /** When a loss of the connection is more than a moment's; never, when the grace is not much longer. */
    void afterMoment(Runnable action) {
        if (settings.grace().compareTo(SHORT_GRACE) >= 0) {
            after(MOMENT, action);
        }
    }

    /** When a takeover that has begun is over, and so is the grace of what was taken over. */
    void afterTakeover(Runnable action) {
        after(settings.grace().plus(settings.takeover()), action);
    }

    private @Nullable Future<?> after(Duration delay, Runnable action) {
        try {
            return stopping.getAsBoolean() ? null : timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            return null;
        }
    }
}

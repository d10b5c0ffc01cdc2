package io.plexspaces.processgroups.tasks;

import io.plexspaces.processgroups.domain.GroupException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work that is repeated until it is cancelled. After a failed pass the next one comes sooner than the
 * period at first, and later each time. Thread-safe.
 */
public final class PeriodicTask {
    private static final System.Logger LOG = System.getLogger(PeriodicTask.class.getName());
    private static final int PERIODS = 3;

    /** A shorter silence may be the machine's: a pause for garbage, a starved processor. */
    private static final long LEAST_SILENCE = Duration.ofSeconds(5).toNanos();

    private static final long LINE_AGAIN = Duration.ofMinutes(1).toNanos();
    private static final int MOST_KINDS = 32;

    private final PeriodicTasks all;
    private final String name;
    private final long period;
    private final long longest;
    private final Backoff retries;
    private final Delays delays;
    private final Supplier<? extends Uni<?>> work;

    /** When a failure of this kind was logged last; only used at the end of passes. */
    private final Map<String, Long> told = new HashMap<>();

    private int failed;
    private boolean isTold;
    private volatile long finished;
    private volatile long succeeded;
    private volatile boolean cancelled;
    private volatile @Nullable Runnable next;

    /** @param period as nanoseconds, and so is {@code longest}; 0: a pass ends at once */
    PeriodicTask(
            PeriodicTasks all, String name, long period, long longest, Delays delays, Supplier<? extends Uni<?>> work) {
        this.all = all;
        this.name = name;
        this.period = period;
        this.longest = longest;
        this.retries = Backoff.TASK.upTo(Duration.ofNanos(period));
        this.delays = delays;
        this.work = work;
        this.finished = all.now();
        this.succeeded = finished;
    }

    String name() {
        return name;
    }

    void begin() {
        goOnAfter(period);
    }

    /** Begins no more passes. Idempotent. */
    public void cancel() {
        cancelled = true;
        all.ended(this);
        Runnable waiting = next;
        if (waiting != null) {
            waiting.run();
        }
    }

    /** A pass that an expected failure ended is finished: a store that is away is no reason to restart this server. */
    boolean isStalled(long now) {
        return now - finished > mostSilence();
    }

    /** No pass has succeeded for that long, whatever the failures were. */
    boolean isFailing(long now) {
        return now - succeeded > mostSilence();
    }

    private long mostSilence() {
        return Math.max(PERIODS * period, LEAST_SILENCE) + longest;
    }

    private void goOnAfter(long nanos) {
        if (cancelled) {
            return;
        }
        try {
            next = delays.after(nanos, () -> new Pass().begin());
        } catch (RejectedExecutionException stopped) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: its timer has stopped", name);
        }
    }

    /** From its begin to its first end. */
    private final class Pass {
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Runnable bound;

        void begin() {
            if (cancelled) {
                return;
            }
            try {
                Cancellable begun = work.get().subscribe().with(done -> end(null), this::end);
                if (!over.get() && longest > 0) {
                    bind(begun);
                }
            } catch (Throwable failure) {
                end(failure);
            }
        }

        private void bind(Cancellable begun) {
            try {
                bound = delays.after(longest, () -> giveUp(begun));
                // What ended meanwhile found no bound to take back.
                unbind();
            } catch (RejectedExecutionException stopped) {
                begun.cancel();
            }
        }

        private void giveUp(Cancellable begun) {
            if (!over.get()) {
                end(new TimeoutException("no end after " + Duration.ofNanos(longest)));
                begun.cancel();
            }
        }

        private void end(@Nullable Throwable failure) {
            if (over.compareAndSet(false, true)) {
                unbind();
                ended(failure);
            }
        }

        private void unbind() {
            Runnable present = bound;
            if (present != null && over.get()) {
                present.run();
            }
        }
    }

    /** One at a time, for the next pass begins after this. */
    private synchronized void ended(@Nullable Throwable failure) {
        long delay = period;
        try {
            if (failure == null || failure instanceof GroupException) {
                finished = all.now();
            }
            if (failure == null) {
                succeeded = finished;
                succeeded();
            } else {
                delay = retries.whole(failed).toNanos();
                failed++;
                all.countFailure();
                tell(failure);
            }
        } finally {
            goOnAfter(delay);
        }
    }

    private void succeeded() {
        if (isTold) {
            LOG.log(System.Logger.Level.INFO, "{0}: works again, after {1} failures", name, failed);
            isTold = false;
        }
        failed = 0;
    }

    private void tell(Throwable failure) {
        boolean isExpected = failure instanceof GroupException;
        String kind = failure instanceof GroupException known
                ? known.code().name()
                : failure.getClass().getName();
        long now = all.now();
        Long last = told.get(kind);
        if (last != null && now - last < LINE_AGAIN) {
            return;
        }
        if (told.size() >= MOST_KINDS) {
            told.clear();
        }
        told.put(kind, now);
        isTold = true;
        if (isExpected) {
            LOG.log(System.Logger.Level.WARNING, "{0}: failed, and is tried again: {1}", name, failure.getMessage());
        } else {
            LOG.log(System.Logger.Level.ERROR, name + ": failed, and is tried again", failure);
        }
    }
}

package io.plexspaces.processgroups.tasks;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All periodic work of this node, and its health. A task goes on when a pass throws, and a pass that does not end is
 * given up; both are counted, and logged once a minute for each kind. Thread-safe.
 */
public final class PeriodicTasks {
    private final LongSupplier nanos;
    private final Set<PeriodicTask> tasks = ConcurrentHashMap.newKeySet();
    private final LongAdder failures = new LongAdder();

    /** @param nanos a monotonic clock */
    public PeriodicTasks(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Begins a task whose passes end when they return.
     *
     * @param period from the end of a pass to the begin of the next, > 0; the first begins after one
     */
    public PeriodicTask every(Duration period, String name, Delays delays, Runnable pass) {
        return every(period, Duration.ZERO, name, delays, () -> {
            pass.run();
            return Uni.createFrom().voidItem();
        });
    }

    /**
     * Begins a task whose passes end when what they return does. No two passes are under way at once, unless one was
     * given up.
     *
     * @param period from the end of a pass to the begin of the next, > 0; the first begins after one
     * @param longest after which a pass is given up
     */
    public PeriodicTask every(
            Duration period, Duration longest, String name, Delays delays, Supplier<? extends Uni<?>> pass) {
        PeriodicTask task = new PeriodicTask(this, name, period.toNanos(), longest.toNanos(), delays, pass);
        tasks.add(task);
        task.begin();
        return task;
    }

    /**
     * Names of the tasks that have not finished a pass for too long, sorted: three of their periods, and 5 s at least,
     * beside the time a pass may take.
     */
    public List<String> stalled() {
        return named(PeriodicTask::isStalled);
    }

    /** Names of the tasks no pass of which has succeeded for as long, sorted: passes may end, each with a failure. */
    public List<String> failing() {
        return named(PeriodicTask::isFailing);
    }

    private List<String> named(BiPredicate<PeriodicTask, Long> told) {
        long now = nanos.getAsLong();
        return tasks.stream()
                .filter(task -> told.test(task, now))
                .map(PeriodicTask::name)
                .distinct()
                .sorted()
                .toList();
    }

    /** Passes that failed, or were given up. */
    public long failures() {
        return failures.sum();
    }

    /** Runs a step with each, also when it throws for some, and throws the first failure at the end. */
    public static <T> void withEach(Iterable<T> all, Consumer<? super T> step) {
        Throwable first = null;
        for (T one : all) {
            try {
                step.accept(one);
            } catch (RuntimeException | Error failure) {
                first = first == null ? failure : first;
            }
        }
        if (first instanceof Error error) {
            throw error;
        } else if (first instanceof RuntimeException failure) {
            throw failure;
        }
    }

    long now() {
        return nanos.getAsLong();
    }

    void countFailure() {
        failures.increment();
    }

    void ended(PeriodicTask task) {
        tasks.remove(task);
    }
}

package io.plexspaces.processgroups.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one at a time, each seeing what the ones before it did, without locks or threads of its own: the caller
 * that finds the queue idle runs its task, and those that come meanwhile; any other caller leaves its task and goes.
 *
 * <p>Tasks of one caller run in the order of its calls. A task given from inside a task runs after it. A task that
 * throws is logged and counted, and does not keep the others from running; an {@code Error} goes to the default
 * uncaught handler as well. Tasks must not block.
 */
public final class SerialQueue {
    private static final System.Logger LOG = System.getLogger(SerialQueue.class.getName());
    private static final Waiting NONE = new Waiting(() -> {});
    private static final LongAdder FAILURES = new LongAdder();
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(SerialQueue.class, "state", Waiting.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /**
     * Null: no thread runs tasks. Else one does, and this is the newest of the tasks that wait, or {@link #NONE}. One
     * word for both, since every message takes the queue of its group, and that is seldom in the processor's caches.
     */
    @SuppressWarnings("UnusedVariable") // by STATE
    private volatile @Nullable Waiting state;

    private static final class Waiting {
        final Runnable task;

        /** Until it is taken, the one given before, or NONE; then the one given after, or null. */
        @Nullable
        Waiting neighbour;

        Waiting(Runnable task) {
            this.task = task;
        }
    }

    /** Runs {@code task} before it returns, unless another task is running: then that one's caller will run it. */
    public void execute(Runnable task) {
        if (STATE.compareAndSet(this, null, NONE) || !isLeft(task)) {
            run(task);
            runWaiting();
        }
    }

    /** False: no thread runs tasks any more, and the caller must. */
    private boolean isLeft(Runnable task) {
        Waiting left = new Waiting(task);
        while (true) {
            Waiting newest = state;
            left.neighbour = newest;
            if (STATE.compareAndSet(this, newest, newest == null ? NONE : left)) {
                return newest != null;
            }
        }
    }

    private void runWaiting() {
        while (!STATE.compareAndSet(this, NONE, null)) {
            Waiting next = oldestFirst((Waiting) STATE.getAndSet(this, NONE));
            while (next != null) {
                run(next.task);
                next = next.neighbour;
            }
        }
    }

    private static @Nullable Waiting oldestFirst(@Nullable Waiting newest) {
        Waiting after = null;
        Waiting at = newest;
        while (at != null && at != NONE) {
            Waiting before = at.neighbour;
            at.neighbour = after;
            after = at;
            at = before;
        }
        return after;
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            failed(failure);
        }
    }

    /** Must not keep the tasks behind it from running; an {@code Error} concerns the process as well. */
    private static void failed(Throwable failure) {
        FAILURES.increment();
        try {
            LOG.log(System.Logger.Level.ERROR, "a task failed", failure);
            Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
            if (failure instanceof Error && handler != null) {
                handler.uncaughtException(Thread.currentThread(), failure);
            }
        } catch (Throwable again) {
            // Even when memory runs out, later tasks must not wait for ever.
            FAILURES.increment();
        }
    }

    /** Tasks of all queues that threw something; never less than before. */
    public static long failures() {
        return FAILURES.sum();
    }
}

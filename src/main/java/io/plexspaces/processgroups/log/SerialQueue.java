package io.plexspaces.processgroups.log;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one at a time, each seeing what the ones before it did, without locks or threads of its own: the caller that
 * finds the queue idle runs its task, and those that come meanwhile; any other caller leaves its task and goes.
 *
 * <p>Tasks of one caller run in the order of its calls. A task given from inside a task runs after it. A task that throws
 * is logged and does not keep the others from running. Tasks must not block.
 */
public final class SerialQueue {
    private static final System.Logger LOG = System.getLogger(SerialQueue.class.getName());

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Tasks that were given and not finished; whoever raises it from 0 runs them. */
    private final AtomicInteger pending = new AtomicInteger();

    /** Runs {@code task} before it returns, unless another task is running: then that one's caller will run it. */
    public void execute(Runnable task) {
        if (pending.compareAndSet(0, 1)) {
            runFirst(task);
            return;
        }
        waiting.add(task);
        if (pending.getAndIncrement() == 0) {
            runWaiting(1);
        }
    }

    private void runFirst(Runnable task) {
        // A task may wait here that its caller has not counted yet, though it counted another in its place: it goes
        // first.
        if (waiting.isEmpty()) {
            run(task);
            runWaiting(pending.decrementAndGet());
        } else {
            waiting.add(task);
            runWaiting(1);
        }
    }

    private void runWaiting(int count) {
        int due = count;
        while (due > 0) {
            for (int i = 0; i < due; i++) {
                Runnable task = waiting.poll();
                if (task != null) {
                    run(task);
                }
            }
            due = pending.addAndGet(-due);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.log(System.Logger.Level.ERROR, "a task failed", failure);
        }
    }
}

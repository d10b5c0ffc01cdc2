package io.plexspaces.processgroups.tasks;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;

/** Steps run, on the thread of the test, when the test lets time pass. */
public final class FakeTime implements Delays {
    private final PriorityQueue<Step> waiting = new PriorityQueue<>(Comparator.comparingLong(Step::at));
    private long now = 1_000;
    private boolean stopped;

    private record Step(long at, Runnable run) {}

    /** In nanoseconds. */
    public long now() {
        return now;
    }

    @Override
    public Runnable after(long nanos, Runnable run) {
        if (stopped) {
            throw new RejectedExecutionException();
        }
        Step step = new Step(now + nanos, run);
        waiting.add(step);
        return () -> waiting.remove(step);
    }

    public void pass(Duration duration) {
        long end = now + duration.toNanos();
        while (!waiting.isEmpty() && waiting.peek().at() <= end) {
            Step due = waiting.poll();
            now = due.at();
            due.run().run();
        }
        now = end;
    }

    /** Nothing is to come. */
    boolean isIdle() {
        return waiting.isEmpty();
    }

    /** As a thread that hangs: nothing that waits comes. */
    void forgetAll() {
        waiting.clear();
    }

    /** Nothing is begun any more. */
    public void stop() {
        stopped = true;
    }
}

package io.plexspaces.processgroups.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What all subscribers of one run have got, counted a thread and read together; and what failed. Thread-safe. */
public final class Tally {
    private static final int KEPT_FAILURES = 20;
    private static final long LONGEST_PARK_NANOS = 1_000_000;
    private static final int DIGITS = 3;

    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Lane> lane = ThreadLocal.withInitial(this::addLane);
    private final AtomicInteger ready = new AtomicInteger();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicInteger failed = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile long latenciesFrom = Long.MAX_VALUE;
    private volatile boolean over;
    private volatile @Nullable Waiting waiting;

    private record Waiting(Thread thread, LongSupplier value, long wanted) {}

    private Lane addLane() {
        Lane added = new Lane();
        lanes.add(added);
        return added;
    }

    Lane lane() {
        return lane.get();
    }

    /** To be called by a receiving thread after each batch of deliveries. */
    public void batchDone() {
        lane().show();
        wake();
    }

    /** A subscriber is subscribed. */
    public void subscriberReady() {
        ready.incrementAndGet();
        wake();
    }

    /** Publishes were answered. */
    public void answered(int count) {
        answers.addAndGet(count);
        wake();
    }

    /** Something went wrong; counts until the run is {@link #over}. */
    public void failed(String what) {
        if (!over && failed.incrementAndGet() <= KEPT_FAILURES) {
            failures.add(what);
        }
    }

    /** What happens to connections from now on is no failure. */
    public void over() {
        over = true;
    }

    public int ready() {
        return ready.get();
    }

    public long answers() {
        return answers.get();
    }

    public long received() {
        long sum = 0;
        for (Lane each : lanes) {
            sum += each.count();
        }
        return sum;
    }

    /** How often {@link #failed} was called. */
    public int failures() {
        return failed.get();
    }

    /** The first few failures. */
    public List<String> firstFailures() {
        return List.copyOf(failures);
    }

    /** @param nanoTime latencies of messages due since then are recorded */
    public void recordLatenciesFrom(long nanoTime) {
        latenciesFrom = nanoTime;
    }

    long latenciesFrom() {
        return latenciesFrom;
    }

    /** Latencies in nanoseconds. To be called when nothing is received any more. */
    public Histogram latencies() {
        Histogram all = new Histogram(DIGITS);
        lanes.forEach(each -> all.add(each.latencies()));
        return all;
    }

    /**
     * Waits until a value of this tally has grown.
     *
     * @return false: it did not within {@code atMost}, or something failed
     */
    public boolean await(LongSupplier value, long wanted, Duration atMost) {
        if (value.getAsLong() >= wanted) {
            return true;
        }
        long deadline = System.nanoTime() + atMost.toNanos();
        waiting = new Waiting(Thread.currentThread(), value, wanted);
        try {
            while (value.getAsLong() < wanted) {
                if (failed.get() > 0 || System.nanoTime() - deadline > 0) {
                    return false;
                }
                LockSupport.parkNanos(this, LONGEST_PARK_NANOS);
            }
            return true;
        } finally {
            waiting = null;
        }
    }

    private void wake() {
        Waiting present = waiting;
        if (present != null && present.value().getAsLong() >= present.wanted()) {
            LockSupport.unpark(present.thread());
        }
    }
}

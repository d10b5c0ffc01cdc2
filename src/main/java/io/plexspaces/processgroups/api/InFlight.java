package io.plexspaces.processgroups.api;

import java.util.concurrent.atomic.AtomicInteger;

/** Requests of one connection that wait for their answer, and when another may be read. Thread-safe. */
final class InFlight {
    private final int max;
    private final Runnable readMore;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Requests for which {@link #readMore} is still to be called. */
    private final AtomicInteger owed = new AtomicInteger();

    /** @param readMore called once for each request, when another one may be read */
    InFlight(int max, Runnable readMore) {
        this.max = max;
        this.readMore = readMore;
    }

    boolean isFull() {
        return waiting.get() >= max;
    }

    boolean isEmpty() {
        return waiting.get() == 0;
    }

    /**
     * A request has come.
     *
     * @return whether {@link #readMore} is to be called for it as soon as it has been started; else it is called later
     */
    boolean begin() {
        boolean mayReadMore = waiting.incrementAndGet() < max;
        if (!mayReadMore) {
            owed.incrementAndGet();
        }
        return mayReadMore;
    }

    /** A request has come that will not be started. */
    void beginEnded() {
        waiting.incrementAndGet();
        owed.incrementAndGet();
    }

    /**
     * A request has got its answer.
     *
     * @return whether it was the last
     */
    boolean end() {
        int left = waiting.decrementAndGet();
        if (left < max) {
            payOne();
        }
        // Above the limit each answer pays for one request, so that as many as were read ahead may be owed at the end.
        while (left == 0 && owed.get() > 0) {
            payOne();
        }
        return left == 0;
    }

    /** For a request that came while too many waited, and that was read ahead. */
    private void payOne() {
        if (owed.get() > 0 && owed.getAndUpdate(all -> Math.max(0, all - 1)) > 0) {
            readMore.run();
        }
    }
}

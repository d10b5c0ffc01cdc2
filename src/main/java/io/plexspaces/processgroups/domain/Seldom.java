package io.plexspaces.processgroups.domain;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Says once a minute at most what anybody can make happen as often as they like. Thread-safe. */
public final class Seldom {
    static final Duration PERIOD = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private final AtomicLong unsaid = new AtomicLong();
    private final AtomicReference<@Nullable Long> saidAt = new AtomicReference<>();

    /** @param nanos a monotonic clock */
    public Seldom(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @param line how to say it, given how often it happened since the last time it was said */
    public void say(LongConsumer line) {
        long now = nanos.getAsLong();
        Long last = saidAt.get();
        if ((last == null || now - last >= PERIOD.toNanos()) && saidAt.compareAndSet(last, now)) {
            line.accept(unsaid.getAndSet(0));
        } else {
            unsaid.incrementAndGet();
        }
    }
}

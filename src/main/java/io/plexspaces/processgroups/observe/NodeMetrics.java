package io.plexspaces.processgroups.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The meters of this node as a whole: mostly numbers that something else keeps. Thread-safe. */
public final class NodeMetrics {
    private static final Duration[] ROUND_TRIPS = {
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofSeconds(1)
    };

    private final MeterRegistry registry;
    private final Timer storeRoundTrip;

    public NodeMetrics(MeterRegistry registry) {
        this.registry = registry;
        storeRoundTrip = Timer.builder(GroupMetrics.PREFIX + "store_round_trip")
                .description("Time from a call of the shared store to its answer, each attempt for itself")
                .serviceLevelObjectives(ROUND_TRIPS)
                .register(registry);
    }

    /**
     * Shows a number that something else keeps.
     *
     * @param name follows the prefix of all names
     */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(GroupMetrics.PREFIX + name, value)
                .description(description)
                .register(registry);
    }

    /**
     * Shows a count that something else keeps.
     *
     * @param name follows the prefix of all names
     * @param count never less than before
     * @param labels names and values in turn
     */
    public void counter(String name, String description, LongSupplier count, String... labels) {
        // The registry holds what it asks weakly: by itself, the count would be gone with the next collection.
        FunctionCounter.builder(GroupMetrics.PREFIX + name, this, same -> count.getAsLong())
                .description(description)
                .tags(labels)
                .register(registry);
    }

    /** The store has answered. */
    public void storeAnswered(long nanos) {
        storeRoundTrip.record(nanos, TimeUnit.NANOSECONDS);
    }
}

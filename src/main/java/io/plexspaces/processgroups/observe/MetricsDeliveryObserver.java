package io.plexspaces.processgroups.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.plexspaces.processgroups.core.delivery.DeliveryObserver;
import io.plexspaces.processgroups.domain.ErrorCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Counts what becomes of deliveries. Thread-safe; all meters exist from the start. */
public final class MetricsDeliveryObserver implements DeliveryObserver {
    private final MeterRegistry registry;
    private final Counter deliveries;
    private final Counter drops;
    private final Counter gaps;
    private final Map<ErrorCode, Counter> cuts = new EnumMap<>(ErrorCode.class);
    private final LongAdder queueBytes = new LongAdder();

    public MetricsDeliveryObserver(MeterRegistry registry) {
        this.registry = registry;
        deliveries = counter("deliveries", "Events handed to connections");
        drops = counter("drops", "Messages dropped from full queues");
        gaps = counter("gaps", "Gaps told to subscribers");
        for (ErrorCode cause : ErrorCode.values()) {
            cuts.put(
                    cause,
                    Counter.builder(GroupMetrics.PREFIX + "connections_cut")
                            .description("Connections the server ended, by cause; SLOW_CONSUMER: the queue was full")
                            .tag("cause", cause.name())
                            .register(registry));
        }
        Gauge.builder(GroupMetrics.PREFIX + "queue_bytes", queueBytes, LongAdder::sum)
                .description("Bytes waiting for connections")
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

    @Override
    public void delivered(long events) {
        deliveries.increment((double) events);
    }

    @Override
    public void dropped(long messages) {
        drops.increment((double) messages);
    }

    @Override
    public void gap() {
        gaps.increment();
    }

    @Override
    public void queued(long bytes) {
        queueBytes.add(bytes);
    }

    @Override
    public void cut(ErrorCode cause) {
        Counter counter = cuts.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    private Counter counter(String name, String description) {
        return Counter.builder(GroupMetrics.PREFIX + name)
                .description(description)
                .register(registry);
    }
}

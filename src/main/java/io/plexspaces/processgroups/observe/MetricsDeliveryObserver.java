package io.plexspaces.processgroups.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.plexspaces.processgroups.core.delivery.DeliveryObserver;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what becomes of deliveries. Thread-safe; all meters exist from the start. */
public final class MetricsDeliveryObserver implements DeliveryObserver {
    private final MeterRegistry registry;
    private final Counter deliveries;
    private final Map<OverflowPolicy, Counter> drops = new EnumMap<>(OverflowPolicy.class);
    private final Counter gaps;
    private final Map<ErrorCode, Counter> cuts = new EnumMap<>(ErrorCode.class);

    public MetricsDeliveryObserver(MeterRegistry registry) {
        this.registry = registry;
        deliveries = counter("deliveries", "Events handed to connections");
        gaps = counter("gaps", "Gaps sent to subscribers");
        for (OverflowPolicy policy : OverflowPolicy.values()) {
            drops.put(
                    policy,
                    Counter.builder(GroupMetrics.PREFIX + "drops")
                            .description("Messages given up at full queues, by overflow policy")
                            .tag("policy", policy.name())
                            .register(registry));
        }
        for (ErrorCode cause : ErrorCode.values()) {
            cuts.put(
                    cause,
                    Counter.builder(GroupMetrics.PREFIX + "connections_cut")
                            .description("Connections the server ended, by cause; SLOW_CONSUMER: the queue was full")
                            .tag("cause", cause.name())
                            .register(registry));
        }
    }

    @Override
    public void delivered(long events) {
        deliveries.increment((double) events);
    }

    @Override
    public void dropped(OverflowPolicy policy, long messages) {
        Counter counter = drops.get(policy);
        if (counter != null) {
            counter.increment((double) messages);
        }
    }

    @Override
    public void gap() {
        gaps.increment();
    }

    @Override
    public void cut(ErrorCode cause) {
        Counter counter = cuts.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Events handed to connections so far. */
    public double delivered() {
        return deliveries.count();
    }

    /** Gaps sent so far. */
    public double gaps() {
        return gaps.count();
    }

    /** Messages given up at full queues so far. */
    public double dropped() {
        return drops.values().stream().mapToDouble(Counter::count).sum();
    }

    /** Connections the server has ended so far, by cause; those causes that came at all. */
    public SortedMap<String, Long> cuts() {
        SortedMap<String, Long> counted = new TreeMap<>();
        cuts.forEach((cause, counter) -> {
            if (counter.count() > 0) {
                counted.put(cause.name(), (long) counter.count());
            }
        });
        return counted;
    }

    /** As those for SLOW_CONSUMER. */
    public double slowConsumers() {
        Counter counter = cuts.get(ErrorCode.SLOW_CONSUMER);
        return counter == null ? 0 : counter.count();
    }

    private Counter counter(String name, String description) {
        return Counter.builder(GroupMetrics.PREFIX + name)
                .description(description)
                .register(registry);
    }
}

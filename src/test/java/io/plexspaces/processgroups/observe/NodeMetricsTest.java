package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final NodeMetrics metrics = new NodeMetrics(registry);

    /** Whoever registers one keeps nothing of it. */
    @Test
    void counter_isReadAlsoAfterACollection() {
        AtomicLong count = new AtomicLong();
        LongSupplier supplier = () -> count.get();
        metrics.counter("things", "Things", supplier, "kind", "a");
        WeakReference<LongSupplier> held = new WeakReference<>(supplier);
        supplier = null;
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        while (garbage.get() != null) {
            System.gc();
        }
        count.set(7);

        assertThat(held.get()).isNotNull();
        assertThat(registry.get(GroupMetrics.PREFIX + "things")
                        .tag("kind", "a")
                        .functionCounter()
                        .count())
                .isEqualTo(7);
    }
}

package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyedCountsTest {
    private final KeyedCounts<String> counts = new KeyedCounts<>();

    @Test
    void enter_beyondTheBound_countsNothing() {
        assertThat(counts.enter("a", 2)).isTrue();
        assertThat(counts.enter("a", 2)).isTrue();
        assertThat(counts.enter("a", 2)).isFalse();
        assertThat(counts.enter("b", 2)).isTrue();
        assertThat(counts.of("a")).isEqualTo(2);

        counts.leave("a");

        assertThat(counts.enter("a", 2)).isTrue();
    }

    @Test
    void leave_ofTheLast_leavesNothingBehind() {
        counts.enter("a", 1);
        counts.enter("b", 1);
        counts.enter("b", 1);

        counts.leave("a");
        counts.leave("b");
        counts.leave("b");

        assertThat(counts.keys()).isZero();
        assertThat(counts.of("a")).isZero();
    }

    @Test
    void manyThreads_neverPassTheBound() throws Exception {
        AtomicInteger in = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(threads.submit(() -> {
                    for (int round = 0; round < 5_000; round++) {
                        if (counts.enter("a", 2)) {
                            most.accumulateAndGet(in.incrementAndGet(), Math::max);
                            in.decrementAndGet();
                            counts.leave("a");
                        }
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(counts.keys()).isZero();
    }
}

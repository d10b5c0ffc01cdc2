package io.plexspaces.processgroups.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentiles_areExactToThreePercent() {
        Latencies times = new Latencies();
        for (int i = 1; i <= 1_000; i++) {
            times.add(i * 1_000_000L);
        }

        assertThat(times.percentile(50)).isCloseTo(500, within(16.0));
        assertThat(times.percentile(99)).isCloseTo(990, within(31.0));
        assertThat(times.percentile(100)).isCloseTo(1_000, within(32.0));
        assertThat(times.count()).isEqualTo(1_000);
    }

    @Test
    void anyTime_hasAPlace() {
        Latencies times = new Latencies();
        times.add(-1);
        times.add(0);
        times.add(Long.MAX_VALUE);

        assertThat(times.count()).isEqualTo(3);
        assertThat(times.percentile(50)).isZero();
        assertThat(times.percentile(100)).isGreaterThan(9e12);
    }

    @Test
    void none_isZero() {
        assertThat(new Latencies().percentile(99)).isZero();
    }
}

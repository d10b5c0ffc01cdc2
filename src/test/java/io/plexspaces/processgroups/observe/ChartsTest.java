package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.plexspaces.processgroups.domain.GroupId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ChartsTest {
    private static final long START = 1_700_000_000_000L;

    private final AtomicInteger count = new AtomicInteger(1_000);
    private final AtomicInteger level = new AtomicInteger();
    private final Charts charts =
            new Charts(3, List.of(Charts.Series.rate("count", count::get), Charts.Series.level("level", level::get)));

    private void sample(int turn, int grown, int now) {
        count.addAndGet(grown);
        level.set(now);
        charts.sample(START + turn * 5_000L);
    }

    @Test
    void counts_areShownAsGrowthASecond_andLevelsAsTheyAre() {
        sample(0, 0, 7);
        sample(1, 50, 9);

        Charts.Taken taken = charts.taken();

        assertThat(taken.names()).containsExactly("count", "level");
        assertThat(taken.times()).containsExactly(START, START + 5_000);
        assertThat(taken.values()[0]).containsExactly(0, 10);
        assertThat(taken.values()[1]).containsExactly(7, 9);
    }

    @Test
    void ring_keepsTheNewest_oldestFirst() {
        for (int turn = 0; turn < 5; turn++) {
            sample(turn, turn * 5, turn);
        }

        assertThat(charts.taken().times()).containsExactly(START + 10_000, START + 15_000, START + 20_000);
        assertThat(charts.taken().values()[0]).containsExactly(2, 3, 4);
        assertThat(charts.taken().values()[1]).containsExactly(2, 3, 4);
    }

    @Test
    void busyGroups_areThoseThatDidSomethingBetweenTwoSamples_theBusiestFirst() {
        GroupMetrics metrics = new GroupMetrics(new SimpleMeterRegistry(), 10);
        BusyGroups busy = new BusyGroups(metrics, 2);
        busy.sample(0);
        publish(metrics, "few", 1);
        publish(metrics, "many", 100);
        publish(metrics, "some", 10);
        metrics.joined(group("many"), 20);
        busy.sample(Duration.ofSeconds(10).toNanos());

        assertThat(busy.top())
                .containsExactly(
                        new BusyGroups.Busy(group("many"), new GroupMetrics.Activity(10, 2, 0)),
                        new BusyGroups.Busy(group("some"), new GroupMetrics.Activity(1, 0, 0)));
        assertThat(metrics.all()).isEqualTo(new GroupMetrics.Activity(111, 20, 0));

        busy.sample(Duration.ofSeconds(20).toNanos());
        assertThat(busy.top()).isEmpty();
    }

    private static GroupId group(String name) {
        return GroupId.of("acme", "", name);
    }

    private static void publish(GroupMetrics metrics, String group, int times) {
        for (int i = 0; i < times; i++) {
            metrics.published(group(group), 1, Duration.ofMillis(1));
        }
    }
}

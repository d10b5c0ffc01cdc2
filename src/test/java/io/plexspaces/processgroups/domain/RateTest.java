package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = 1_000_000_000L;

    /** Clocks of a process may begin anywhere, also where they soon overflow. */
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 2 * SECOND);

    private record Taken(long at, int units) {}

    /** In whatever window: what the rate allows in it, those of one second, and what was too large for that. */
    @Property(tries = 200)
    void neverMoreThanTheRateAndOneSecond(
            @ForAll @IntRange(min = 1, max = 2_000) int perSecond,
            @ForAll @Size(min = 1, max = 60) List<@LongRange(min = 0, max = 700_000_000) Long> pauses,
            @ForAll @IntRange(min = 1, max = 3_000) int most) {
        AtomicLong time = new AtomicLong();
        Rate rate = new Rate(perSecond, time::get);
        List<Taken> taken = new ArrayList<>();
        for (int i = 0; i < pauses.size(); i++) {
            time.addAndGet(pauses.get(i));
            int units = 1 + i * 7 % most;
            while (taken.size() < 200 && rate.take(units) == 0) {
                taken.add(new Taken(time.get(), units));
            }
        }
        for (int from = 0; from < taken.size(); from++) {
            long sum = 0;
            for (int to = from; to < taken.size(); to++) {
                sum += taken.get(to).units();
                double seconds = (taken.get(to).at() - taken.get(from).at()) / (double) SECOND;
                double allowed =
                        perSecond * seconds + Math.max(perSecond, taken.get(to).units());
                if (sum > allowed * 1.0001 + 1) {
                    throw new AssertionError(sum + " units in " + seconds + " s, of which " + allowed + " are allowed");
                }
            }
        }
    }

    @Property
    void whoKeepsToTheRate_isNeverRefused_howeverItsSecondIsUsed(
            @ForAll @IntRange(min = 1, max = 100_000) int perSecond,
            @ForAll @IntRange(min = 1, max = 50) int seconds,
            @ForAll @IntRange(min = 1, max = 100_000) int atOnce) {
        AtomicLong time = new AtomicLong(-SECOND);
        Rate rate = new Rate(perSecond, time::get);
        int lot = Math.min(atOnce, perSecond);
        for (int i = 0; i < seconds; i++) {
            assertThat(rate.take(lot)).isZero();
            if (perSecond > lot) {
                assertThat(rate.take(perSecond - lot)).isZero();
            }
            time.addAndGet(SECOND);
        }
        assertThat(rate.isNew()).isTrue();
    }

    @Property
    void waitThatIsSaid_isExactlyLongEnough(
            @ForAll @IntRange(min = 1, max = 1_000_000_000) int perSecond,
            @ForAll @IntRange(min = 1) int before,
            @ForAll @IntRange(min = 1) int units) {
        AtomicLong time = new AtomicLong();
        Rate rate = new Rate(perSecond, time::get);
        assertThat(rate.take(before)).isZero();
        long wait = rate.take(units);
        if (wait > 0) {
            time.addAndGet(wait - 1);
            assertThat(rate.take(units)).isEqualTo(1);
            time.addAndGet(1);
            assertThat(rate.take(units)).isZero();
        }
    }

    @Test
    void clockThatOverflows_changesNothing() {
        Rate rate = new Rate(10, clock::get);
        for (int i = 0; i < 5; i++) {
            assertThat(rate.take(10)).isZero();
            assertThat(rate.take(1)).isEqualTo(SECOND / 10);
            clock.addAndGet(SECOND);
        }
    }

    @Test
    void largerThanASecond_isTakenWhenNothingIsOwed_andPaidForLater() {
        AtomicLong time = new AtomicLong();
        Rate rate = new Rate(10, time::get);
        assertThat(rate.take(30)).isZero();
        assertThat(rate.isNew()).isFalse();
        assertThat(rate.take(1)).isEqualTo(2 * SECOND + SECOND / 10);
        time.addAndGet(2 * SECOND);
        assertThat(rate.take(1)).isEqualTo(SECOND / 10);
        assertThat(rate.take(30)).isEqualTo(SECOND);
    }

    @Test
    void manyThreads_getNoMoreTogether() throws Exception {
        Rate rate = new Rate(1_000, () -> 0);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> each = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                each.add(threads.submit(() -> {
                    int got = 0;
                    for (int j = 0; j < 1_000; j++) {
                        got += rate.take(1) == 0 ? 1 : 0;
                    }
                    return got;
                }));
            }
            int sum = 0;
            for (Future<Integer> one : each) {
                sum += one.get();
            }
            assertThat(sum).isEqualTo(1_000);
        } finally {
            threads.shutdownNow();
        }
    }
}

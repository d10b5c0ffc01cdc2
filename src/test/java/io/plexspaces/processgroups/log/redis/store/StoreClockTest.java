package io.plexspaces.processgroups.log.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What answers say of the store's clock. */
class StoreClockTest {
    private static final long MILLIS = 1_000_000;
    private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

    private final StoreClock clock = new StoreClock();

    private void told(Instant at, long calledMillis, long answeredMillis) {
        clock.told(at.toEpochMilli() * 1000, calledMillis * MILLIS, answeredMillis * MILLIS);
    }

    private Duration age(Instant at, long millis) {
        return clock.age(at, millis * MILLIS);
    }

    @Test
    void unknownClock_makesNothingOld() {
        assertThat(age(NOON, 1)).isZero();
    }

    @Test
    void age_growsByThisServersMonotonicClock_andIsNeverTooLarge() {
        told(NOON, 100, 150);
        assertThat(age(NOON, 150)).isZero();
        assertThat(age(NOON, 2150)).isEqualTo(Duration.ofSeconds(2));
        assertThat(age(NOON.plusSeconds(9), 2150)).isZero();
    }

    @Test
    void slowAnswer_takesNothingBack_andAQuickOneSharpens() {
        told(NOON, 0, 500);
        told(NOON.plusMillis(1000), 1000, 1010);
        assertThat(age(NOON, 1010)).isEqualTo(Duration.ofMillis(1000));
        told(NOON.plusMillis(2000), 2000, 4000);
        assertThat(age(NOON, 4000)).isEqualTo(Duration.ofMillis(3990));
    }

    @Test
    void clockThatIsSet_isFollowedAtTheNextAnswer() {
        told(NOON, 0, 10);
        told(NOON.minusSeconds(3), 1000, 1010);
        assertThat(age(NOON.minusSeconds(3), 1010)).isLessThanOrEqualTo(Duration.ofMillis(10));
        told(NOON.plusSeconds(60), 2000, 2010);
        assertThat(age(NOON.plusSeconds(60), 2010)).isLessThanOrEqualTo(Duration.ofMillis(10));
    }
}

package io.plexspaces.processgroups.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodicTasksTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String NAME = "ends leases";

    private final FakeTime time = new FakeTime();
    private final PeriodicTasks tasks = new PeriodicTasks(time::now);
    private int passes;

    @Test
    void pass_beginsOncePerPeriod() {
        tasks.every(SECOND, NAME, time, () -> passes++);

        time.pass(Duration.ofMillis(999));
        assertThat(passes).isZero();
        time.pass(Duration.ofSeconds(10));
        assertThat(passes).isEqualTo(10);
        assertThat(tasks.failures()).isZero();
        assertThat(tasks.stalled()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void passThatThrows_isCountedAndTriedAgain(Class<? extends Throwable> kind) {
        tasks.every(SECOND, NAME, time, () -> {
            passes++;
            if (passes <= 3) {
                PeriodicTasksTest.<RuntimeException>raise(kind);
            }
        });

        time.pass(Duration.ofSeconds(10));
        // At 1 s, and 100, 200 and 400 ms after that; then each second.
        assertThat(passes).isEqualTo(12);
        assertThat(tasks.failures()).isEqualTo(3);
        assertThat(tasks.stalled()).isEmpty();
    }

    @Test
    void passThatAlwaysThrows_isTriedAgainEverMoreSeldom() {
        tasks.every(Duration.ofMillis(10), NAME, time, () -> {
            passes++;
            throw new IllegalStateException();
        });

        time.pass(Duration.ofSeconds(60));
        assertThat(passes).isBetween(55, 65);
        assertThat(tasks.stalled()).containsExactly(NAME);
    }

    @Test
    void passThatFailsLater_isCounted() {
        List<UniEmitter<?>> underWay = new ArrayList<>();
        tasks.every(SECOND, Duration.ofSeconds(30), NAME, time, () -> Uni.createFrom()
                .emitter(underWay::add));

        time.pass(Duration.ofSeconds(5));
        assertThat(underWay).hasSize(1);
        underWay.get(0).fail(new IllegalStateException());
        time.pass(SECOND);
        assertThat(underWay).hasSize(2);
        assertThat(tasks.failures()).isEqualTo(1);
    }

    /** A store that is away must not get the server killed. */
    @Test
    void expectedFailure_isAnEndOfThePass() {
        tasks.every(SECOND, SECOND, NAME, time, () -> Uni.createFrom()
                .failure(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away")));

        time.pass(Duration.ofMinutes(10));
        assertThat(tasks.failures()).isGreaterThan(100);
        assertThat(tasks.stalled()).isEmpty();
    }

    @Test
    void workThatOnlyFails_isToldThoughItsPassesEnd() {
        tasks.every(SECOND, SECOND, NAME, time, () -> {
            if (passes++ < 100) {
                throw GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
            }
            return Uni.createFrom().voidItem();
        });

        time.pass(Duration.ofSeconds(6));
        assertThat(tasks.failing()).isEmpty();
        time.pass(SECOND);
        assertThat(tasks.failing()).containsExactly(NAME);
        assertThat(tasks.stalled()).isEmpty();
        time.pass(Duration.ofMinutes(2));
        assertThat(tasks.failing()).isEmpty();
    }

    @Test
    void expectedFailureThatIsThrown_isAnEndOfThePass() {
        tasks.every(SECOND, SECOND, NAME, time, () -> {
            throw GroupException.of(ErrorCode.STORE_UNAVAILABLE, "this server is starting");
        });

        time.pass(Duration.ofMinutes(10));
        assertThat(tasks.stalled()).isEmpty();
    }

    @Test
    void passThatNeverEnds_isGivenUpAndTold() {
        List<UniEmitter<?>> underWay = new ArrayList<>();
        tasks.every(SECOND, Duration.ofSeconds(10), NAME, time, () -> Uni.createFrom()
                .emitter(underWay::add));

        time.pass(Duration.ofSeconds(14));
        assertThat(tasks.stalled()).isEmpty();
        assertThat(underWay).as("another one is tried").hasSize(2);
        time.pass(Duration.ofSeconds(2));
        assertThat(tasks.stalled()).containsExactly(NAME);

        underWay.get(0).complete(null);
        assertThat(tasks.stalled()).as("what was given up does not count").containsExactly(NAME);
        underWay.get(underWay.size() - 1).complete(null);
        assertThat(tasks.stalled()).isEmpty();
    }

    @Test
    void threadThatDoesNothingMore_isTold() {
        tasks.every(SECOND, NAME, time, () -> passes++);
        time.pass(SECOND);
        time.forgetAll();

        time.pass(Duration.ofSeconds(5));
        assertThat(tasks.stalled()).isEmpty();
        time.pass(SECOND);
        assertThat(tasks.stalled()).containsExactly(NAME);
    }

    @Test
    void cancelled_doesNothingMoreAndIsNotMissed() {
        PeriodicTask task = tasks.every(SECOND, NAME, time, () -> passes++);
        time.pass(SECOND);
        task.cancel();

        time.pass(Duration.ofMinutes(1));
        assertThat(passes).isEqualTo(1);
        assertThat(tasks.stalled()).isEmpty();
        assertThat(time.isIdle()).isTrue();
    }

    @Test
    void timerThatHasStopped_isTold() {
        tasks.every(SECOND, NAME, time, () -> passes++);
        time.stop();

        time.pass(Duration.ofMinutes(1));
        assertThat(passes).isEqualTo(1);
        assertThat(tasks.stalled()).containsExactly(NAME);
    }

    /** An executor that is full or gone is no timer that has stopped. */
    @Test
    void passThatIsRejectedByAnExecutor_isTriedAgain() {
        tasks.every(SECOND, NAME, time, () -> {
            if (passes++ == 0) {
                throw new RejectedExecutionException();
            }
        });

        time.pass(Duration.ofSeconds(2));
        assertThat(passes).isEqualTo(2);
        assertThat(tasks.failures()).isEqualTo(1);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Class<? extends Throwable> kind) throws T {
        try {
            throw (T) kind.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("", impossible);
        }
    }
}

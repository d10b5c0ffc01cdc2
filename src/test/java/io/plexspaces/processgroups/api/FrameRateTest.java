package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FrameRateTest {
    private final FrameRate rate = new FrameRate();

    private void takeAll(int frames, long nanos) {
        for (int i = 0; i < frames; i++) {
            rate.take(1, nanos);
        }
    }

    @Test
    void asManyAsAllowedEachSecond() {
        for (int second = 1; second <= 5; second++) {
            takeAll(FrameRate.EACH_SECOND, TimeUnit.SECONDS.toNanos(second));
        }
        assertThat(rate.isOver()).isFalse();
        takeAll(1, TimeUnit.SECONDS.toNanos(6) - 1);
        assertThat(rate.isOver()).isTrue();
    }

    @Test
    void framesThatAreAnswered_earnNothingByTheirAnswers() {
        for (int i = 0; i < FrameRate.EACH_SECOND; i++) {
            assertThat(rate.isOver()).isFalse();
            rate.take(1 + FrameRate.FOR_EACH_SENT, 0);
            rate.sent();
        }
        rate.take(1, 0);
        assertThat(rate.isOver()).isTrue();
    }

    @Test
    void whatIsSent_isNotSavedUpWithoutBound() {
        for (int i = 0; i < FrameRate.MOST; i++) {
            rate.sent();
        }
        takeAll(FrameRate.MOST, 0);
        assertThat(rate.isOver()).isFalse();
        takeAll(1, 0);
        assertThat(rate.isOver()).isTrue();
    }

    @Test
    void moreForWhatIsSent() {
        for (int i = 0; i < 100; i++) {
            rate.sent();
        }
        takeAll(FrameRate.EACH_SECOND + 100 * FrameRate.FOR_EACH_SENT, 0);
        assertThat(rate.isOver()).isFalse();
        takeAll(1, 0);
        assertThat(rate.isOver()).isTrue();
    }
}

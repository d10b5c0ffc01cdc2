package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptPaceTest {
    private static final int PER_SECOND = 100;
    private static final long EACH = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

    private final AtomicLong nanos = new AtomicLong(-5);
    private final EmbeddedChannel listener = new EmbeddedChannel();
    private final AcceptPace pace = new AcceptPace(PER_SECOND, nanos::get);

    @BeforeEach
    void timeIsTheTests() {
        listener.freezeTime();
    }

    @Test
    void connectionsBeyondThePace_restTheListener() {
        accept(PER_SECOND);
        assertThat(listener.config().isAutoRead())
                .as("a second's worth at once")
                .isTrue();
        accept(1);
        assertThat(listener.config().isAutoRead()).isFalse();
        pass(EACH);
        assertThat(listener.config().isAutoRead()).isTrue();
    }

    @Test
    void listener_restsLonger_theMoreHaveCome() {
        accept(PER_SECOND + 1);
        accept(PER_SECOND);
        pass(EACH);
        assertThat(listener.config().isAutoRead()).isTrue();
        accept(1);
        assertThat(listener.config().isAutoRead()).isFalse();
        pass(PER_SECOND * EACH / 2);
        assertThat(listener.config().isAutoRead()).isFalse();
        pass(PER_SECOND * EACH);
        assertThat(listener.config().isAutoRead()).isTrue();
    }

    @Test
    void connectionsThatComeAsTheyMay_neverRestTheListener() {
        for (int i = 0; i < 10 * PER_SECOND; i++) {
            nanos.addAndGet(EACH);
            accept(1);
            assertThat(listener.config().isAutoRead()).isTrue();
        }
    }

    @Test
    void withoutPace_orListener_nothingRests() {
        AcceptPace asTheyCome = new AcceptPace(0, nanos::get);
        for (int i = 0; i < 10 * PER_SECOND; i++) {
            asTheyCome.accepted(listener);
            pace.accepted(null);
        }
        assertThat(listener.config().isAutoRead()).isTrue();
    }

    private void accept(int connections) {
        for (int i = 0; i < connections; i++) {
            pace.accepted(listener);
        }
    }

    private void pass(long time) {
        nanos.addAndGet(time);
        listener.advanceTimeBy(time, TimeUnit.NANOSECONDS);
        listener.runScheduledPendingTasks();
    }
}

package io.plexspaces.processgroups.cli.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void most_doublesUpToTenSeconds_andBeginsAgain() {
        Backoff backoff = new Backoff(() -> 1.0);

        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(201));
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(401));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(10_001));
        }
        backoff.reset();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(201));
    }

    @Test
    void least_isNotNothing() {
        assertThat(new Backoff(() -> 0.0).next()).isEqualTo(Duration.ofMillis(1));
    }
}

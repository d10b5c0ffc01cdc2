package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class UnaryCallsTest {
    private static final GroupException STOPPING = GroupException.of(ErrorCode.SHUTTING_DOWN, "stopping");

    private final UnaryCalls calls = new UnaryCalls();

    @Test
    void refusing_waitsForThoseUnderWay() {
        assertThat(calls.begin()).isNull();
        assertThat(calls.begin()).isNull();
        calls.end();

        CompletableFuture<Void> ended = calls.refuse(STOPPING);
        assertThat(calls.begin()).isSameAs(STOPPING);
        assertThat(ended).isNotDone();
        calls.end();
        assertThat(ended).isCompleted();
    }

    @Test
    void refusing_withoutCalls_isDoneAtOnce() {
        assertThat(calls.refuse(STOPPING)).isCompleted();
    }
}

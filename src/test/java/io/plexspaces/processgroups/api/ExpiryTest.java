package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.core.FakePeer;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.token.MovingClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExpiryTest {
    private final MovingClock clock = new MovingClock();
    private final MemoryService service = new MemoryService(1 << 20);
    private final FakePeer peer = new FakePeer(0);
    private final Connection connection = service.sessions.connect(peer);

    /** What is to be done next, and when; null: nothing. */
    private volatile @Nullable Runnable next;

    private long nanos;
    private boolean stopping;

    private final Expiry expiry = new Expiry(clock, (after, step) -> {
        if (stopping) {
            throw new RejectedExecutionException("the server stops");
        }
        next = step;
        nanos = after;
        return () -> next = null;
    });

    @AfterEach
    void stop() {
        service.close();
    }

    private Caller until(long seconds) {
        return Caller.of("acme", "ann", List.of(), clock.instant().plusSeconds(seconds));
    }

    private void pass(long seconds) {
        clock.pass(seconds);
        Runnable step = next;
        next = null;
        if (step != null) {
            step.run();
        }
    }

    private List<Event.TokenExpiring> told() {
        return peer.seen(Event.TokenExpiring.class);
    }

    @Test
    void connection_isToldHalfAMinuteBefore_andEndsWithTheToken() {
        Caller caller = until(100);
        expiry.begin(connection, caller);
        assertThat(Duration.ofNanos(nanos))
                .as("not longer than the clock is to be trusted")
                .isEqualTo(Duration.ofMinutes(1));
        pass(60);
        assertThat(told()).isEmpty();
        pass(10);
        await().untilAsserted(() -> assertThat(told()).containsExactly(new Event.TokenExpiring(caller.expiresAt())));
        pass(29);
        assertThat(connection.isClosed()).isFalse();
        pass(1);
        await().until(peer::isClosed);
        assertThat(peer.closeCode()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(told()).hasSize(1);
        assertThat(next).isNull();
    }

    @Test
    void shortToken_isToldAtHalfItsTime() {
        expiry.begin(connection, until(10));
        assertThat(Duration.ofNanos(nanos)).isEqualTo(Duration.ofSeconds(5));
        pass(5);
        await().until(() -> told().size() == 1);
    }

    /** The machine slept: when it goes on, the token has ended long ago. */
    @Test
    void clockThatJumps_endsTheConnectionAtTheNextLook() {
        expiry.begin(connection, until(3_600));
        pass(10_000);
        await().until(peer::isClosed);
        assertThat(told()).isEmpty();
    }

    @Test
    void anotherToken_countsFromThen_andIsToldOfAnew() {
        Expiry.Life life = expiry.begin(connection, until(40));
        pass(20);
        await().until(() -> told().size() == 1);
        life.goOn(until(200));
        pass(100);
        assertThat(connection.isClosed()).isFalse();
        pass(75);
        await().until(() -> told().size() == 2);
        life.goOn(until(1));
        pass(1);
        await().until(peer::isClosed);
    }

    @Test
    void withoutEnd_orCaller_nothingIsAwaited() {
        expiry.begin(connection, null);
        expiry.begin(connection, Caller.of("acme", "ann", List.of(), null));
        assertThat(next).isNull();
        assertThat(connection.isClosed()).isFalse();
    }

    @Test
    void connectionThatEnds_isNoLongerAwaited() {
        expiry.begin(connection, until(100));
        connection.lost();
        await().until(() -> next == null);
    }

    @Test
    void serverThatStops_endsConnectionsByItself() {
        stopping = true;
        expiry.begin(connection, until(100));
        assertThat(connection.isClosed()).isFalse();
    }
}

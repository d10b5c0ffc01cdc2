package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.api.MemoryService;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Renewals and starts go on, whatever one of them comes to. */
@Waiting
class LeaseRenewalTest {
    private static final Supplier<Uni<Void>> DONE = () -> Uni.createFrom().voidItem();

    private final MemoryService service = new MemoryService(1 << 20);
    private final PeriodicTasks tasks = new PeriodicTasks(System::nanoTime);
    private final TimerThread timer = new TimerThread(tasks);
    private final OperationIds operations = new OperationIds();
    private final FakeLeases leases = new FakeLeases();
    private final LeaseRenewal renewal = new LeaseRenewal(
            leases,
            operations,
            service.sessions,
            timer,
            new Exit(),
            ProcessGroupsConfigTest.config(Map.of(
                    "processgroups.node.renew-interval", "100ms",
                    "processgroups.node.start-timeout", "5S",
                    "processgroups.redis.timeout", "100ms")));

    private static final class FakeLeases implements NodeLeases {
        final AtomicInteger acquired = new AtomicInteger();
        final AtomicInteger renewed = new AtomicInteger();
        volatile Supplier<Uni<NodeLease>> acquiring =
                () -> Uni.createFrom().item(new NodeLease(new NodeId("node-1"), 1));
        volatile Supplier<Uni<Void>> renewing = DONE;

        @Override
        public Uni<NodeLease> acquire(NodeId node) {
            acquired.incrementAndGet();
            return acquiring.get();
        }

        @Override
        public Uni<NodeLease> reacquire(NodeLease lapsed) {
            return Uni.createFrom().item(new NodeLease(lapsed.node(), lapsed.incarnation() + 1));
        }

        @Override
        public Uni<Void> renew(NodeLease lease) {
            renewed.incrementAndGet();
            return renewing.get();
        }

        @Override
        public Uni<Void> release(NodeLease lease, Duration grace) {
            return DONE.get();
        }
    }

    @AfterEach
    void stop() {
        timer.stop();
        service.close();
    }

    private void begin() {
        assertThat(renewal.begin()).succeedsWithin(Duration.ofSeconds(5));
    }

    private void awaitMoreRenewals() {
        int before = leases.renewed.get();
        await().until(() -> leases.renewed.get() > before + 1);
        assertThat(tasks.stalled()).isEmpty();
    }

    @Test
    void renewalThatThrows_isTriedAgain() {
        begin();
        leases.renewing = () -> {
            leases.renewing = DONE;
            throw new IllegalStateException("a defect");
        };
        awaitMoreRenewals();
        assertThat(tasks.failures()).isEqualTo(1);
    }

    @Test
    void renewalThatNeverEnds_isGivenUpAndTriedAgain() {
        begin();
        leases.renewing = () -> {
            leases.renewing = DONE;
            return Uni.createFrom().nothing();
        };
        awaitMoreRenewals();
        assertThat(tasks.failures()).isEqualTo(1);
    }

    @Test
    void storeThatIsAway_isNoReasonToRestart() {
        begin();
        leases.renewing = () -> Uni.createFrom().failure(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away"));
        awaitMoreRenewals();
        assertThat(renewal.failures()).isPositive();
        assertThat(renewal.isLost()).isFalse();
    }

    @Test
    void fenced_beginsAnew() {
        begin();
        leases.renewing = () -> {
            leases.renewing = DONE;
            return Uni.createFrom().failure(GroupException.of(ErrorCode.FENCED, "lapsed"));
        };
        await().until(() -> operations.lease().incarnation() == 2);
        awaitMoreRenewals();
        assertThat(renewal.isLost()).isFalse();
        assertThat(renewal.losses()).isEqualTo(1);
    }

    @Test
    void start_waitsForTheStore() {
        Supplier<Uni<NodeLease>> there = leases.acquiring;
        leases.acquiring = () -> {
            if (leases.acquired.get() == 2) {
                leases.acquiring = there;
            }
            return Uni.createFrom().failure(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "not yet"));
        };
        begin();
        assertThat(leases.acquired).hasValue(3);
    }

    @Test
    void startWithoutAStore_fails() {
        leases.acquiring = () -> Uni.createFrom().failure(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "nobody"));
        CompletableFuture<Void> begun = renewal.begin();
        assertThatThrownBy(() -> begun.get(10, TimeUnit.SECONDS)).hasMessageContaining("nobody");
        assertThat(renewal.isLost()).isTrue();
    }
}

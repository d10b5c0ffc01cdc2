package io.plexspaces.processgroups.core.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.tasks.FakeTime;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each step of a lease, from start to stop, on a clock of the test's own. */
class LeaseRenewalTest {
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(3);
    private static final Supplier<Uni<Void>> DONE = () -> Uni.createFrom().voidItem();

    private final CoreFixture core = new CoreFixture(Duration.ofMinutes(1));
    private final FakeTime time = new FakeTime();
    private final PeriodicTasks tasks = new PeriodicTasks(time::now);
    private final OperationIds operations = new OperationIds();
    private final FakeLeases leases = new FakeLeases();
    private int replaced;
    private final LeaseRenewal renewal = new LeaseRenewal(
            leases,
            operations,
            core.sessions,
            new LeaseRenewal.Times(RENEWAL, START, LONGEST_CALL),
            new LeaseRenewal.Schedule(time::now, time, tasks),
            () -> replaced++);

    /** Answers as the test says, from the last answer that it was given. */
    private static final class FakeLeases implements NodeLeases {
        int acquired;
        int renewed;
        int reacquired;
        final List<NodeLease> released = new ArrayList<>();

        @Nullable
        Duration grace;

        Supplier<Uni<NodeLease>> acquiring = () -> lease(1);
        Supplier<Uni<Void>> renewing = DONE;
        Supplier<Uni<NodeLease>> reacquiring = () -> lease(2);
        Supplier<Uni<Void>> releasing = DONE;

        static Uni<NodeLease> lease(long incarnation) {
            return Uni.createFrom().item(new NodeLease(CoreFixture.NODE, incarnation));
        }

        @Override
        public Uni<NodeLease> acquire(NodeId node) {
            acquired++;
            return acquiring.get();
        }

        @Override
        public Uni<NodeLease> reacquire(NodeLease lapsed) {
            reacquired++;
            return reacquiring.get();
        }

        @Override
        public Uni<Void> renew(NodeLease lease) {
            renewed++;
            return renewing.get();
        }

        @Override
        public Uni<Void> release(NodeLease lease, Duration kept) {
            released.add(lease);
            grace = kept;
            return releasing.get();
        }

        @Override
        public Uni<List<Known>> known(int most) {
            return Uni.createFrom().item(List.of());
        }
    }

    private static <T> Supplier<Uni<T>> failing(ErrorCode code) {
        return () -> Uni.createFrom().failure(GroupException.of(code, "as the test says"));
    }

    @AfterEach
    void close() {
        core.close();
    }

    private CompletableFuture<Void> begin() {
        return renewal.begin();
    }

    @Test
    void start_takesTheLease_andRenewsItOnceAPeriod() {
        assertThat(renewal.isLost()).isTrue();
        assertThat(begin()).isCompleted();
        assertThat(renewal.isLost()).isFalse();
        assertThat(operations.lease().incarnation()).isEqualTo(1);
        time.pass(RENEWAL.multipliedBy(3));
        assertThat(leases.renewed).isEqualTo(3);
        assertThat(renewal.failures() + renewal.losses()).isZero();
    }

    @Test
    void start_waitsForTheStore() {
        leases.acquiring = failing(ErrorCode.STORE_UNAVAILABLE);
        CompletableFuture<Void> begun = begin();
        time.pass(START.minusSeconds(1));
        assertThat(begun).isNotDone();
        leases.acquiring = () -> FakeLeases.lease(1);
        time.pass(Duration.ofSeconds(1));
        assertThat(begun).isCompleted();
        assertThat(leases.acquired).isEqualTo(1 + 30);
    }

    @Test
    void startWithoutAStore_failsWhenItsTimeIsOver() {
        leases.acquiring = failing(ErrorCode.STORE_UNAVAILABLE);
        CompletableFuture<Void> begun = begin();
        time.pass(START.plusSeconds(1));
        assertThat(begun).isCompletedExceptionally();
        assertThat(renewal.isLost()).isTrue();
        int asked = leases.acquired;
        time.pass(START);
        assertThat(leases.acquired).isEqualTo(asked);
    }

    @Test
    void startThatIsRefusedForGood_failsAtOnce() {
        leases.acquiring = failing(ErrorCode.FAILED_PRECONDITION);
        assertThat(begin()).isCompletedExceptionally();
        assertThat(leases.acquired).isEqualTo(1);
    }

    @Test
    void defectInAStart_endsIt() {
        leases.acquiring = () -> {
            throw new IllegalStateException("a defect");
        };
        assertThat(begin()).isCompletedExceptionally();
    }

    /** It would end the sessions of whichever server has the name by then. */
    @Test
    void leaseThatComesAfterTheStop_isGivenBack() {
        CompletableFuture<NodeLease> late = new CompletableFuture<>();
        leases.acquiring = () -> Uni.createFrom().completionStage(late);
        CompletableFuture<Void> begun = begin();
        assertThat(renewal.release(Duration.ofSeconds(7))).isCompleted();
        assertThat(leases.released).isEmpty();
        NodeLease lease = new NodeLease(CoreFixture.NODE, 1);
        late.complete(lease);
        assertThat(begun).isCompletedExceptionally();
        assertThat(leases.released).containsExactly(lease);
        time.pass(RENEWAL.multipliedBy(2));
        assertThat(leases.renewed).isZero();
    }

    @Test
    void renewalThatThrows_isTriedAgain() {
        begin();
        leases.renewing = () -> {
            leases.renewing = DONE;
            throw new IllegalStateException("a defect");
        };
        time.pass(RENEWAL.multipliedBy(3));
        assertThat(leases.renewed).isGreaterThanOrEqualTo(3);
        assertThat(tasks.failures()).isEqualTo(1);
        assertThat(renewal.isLost()).isFalse();
    }

    @Test
    void renewalThatNeverEnds_isGivenUpAndTriedAgain() {
        begin();
        leases.renewing = () -> {
            leases.renewing = DONE;
            return Uni.createFrom().nothing();
        };
        time.pass(RENEWAL.plus(LONGEST_CALL.multipliedBy(2)).plus(RENEWAL));
        assertThat(leases.renewed).isGreaterThan(1);
        assertThat(tasks.failures()).isEqualTo(1);
        assertThat(tasks.stalled()).isEmpty();
    }

    @Test
    void storeThatIsAway_costsNoConnection() {
        CoreFixture.Client client = core.connect("ann");
        begin();
        leases.renewing = failing(ErrorCode.STORE_UNAVAILABLE);
        time.pass(RENEWAL.multipliedBy(4));
        assertThat(renewal.failures()).isEqualTo(4);
        assertThat(renewal.losses()).isZero();
        assertThat(renewal.isLost()).isFalse();
        assertThat(client.peer().isClosed()).isFalse();
    }

    @Test
    void fenced_dropsItsConnections_andServesUnderTheNextIncarnation() {
        CoreFixture.Client client = core.connect("ann");
        begin();
        leases.renewing = failing(ErrorCode.FENCED);
        time.pass(RENEWAL);
        await().until(() -> client.peer().closeCode() == ErrorCode.FENCED);
        assertThat(operations.lease().incarnation()).isEqualTo(2);
        assertThat(renewal.isLost()).isFalse();
        assertThat(renewal.losses()).isEqualTo(1);
        assertThat(core.connect("bob").peer().isClosed()).isFalse();
        leases.renewing = DONE;
        time.pass(RENEWAL);
        assertThat(leases.reacquired).isEqualTo(1);
        assertThat(replaced).isZero();
    }

    @Test
    void fencedWhileTheStoreGivesNoLease_refusesConnections_untilItDoes() {
        begin();
        leases.renewing = failing(ErrorCode.FENCED);
        leases.reacquiring = failing(ErrorCode.STORE_UNAVAILABLE);
        time.pass(RENEWAL.multipliedBy(2));
        assertThat(renewal.isLost()).isTrue();
        assertThatExceptionOfType(GroupException.class)
                .isThrownBy(() -> core.connect("ann"))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.FENCED));
        leases.reacquiring = () -> FakeLeases.lease(3);
        time.pass(RENEWAL);
        assertThat(renewal.isLost()).isFalse();
        assertThat(renewal.losses()).isEqualTo(1);
        assertThat(core.connect("ann").peer().isClosed()).isFalse();
    }

    @Test
    void nameThatAnotherNodeHas_isGivenUpForGood() {
        begin();
        leases.renewing = failing(ErrorCode.FENCED);
        leases.reacquiring = failing(ErrorCode.FENCED);
        time.pass(RENEWAL.multipliedBy(4));
        assertThat(replaced).isEqualTo(1);
        assertThat(leases.reacquired).isEqualTo(1);
        assertThat(renewal.isLost()).isTrue();
        assertThat(renewal.release(Duration.ZERO)).isCompleted();
        assertThat(leases.released).isEmpty();
    }

    @Test
    void release_givesTheLeaseBack_andRenewsItNoMore() {
        begin();
        assertThat(renewal.release(Duration.ofSeconds(7))).isCompleted();
        assertThat(leases.released).extracting(NodeLease::incarnation).containsExactly(1L);
        assertThat(leases.grace).isEqualTo(Duration.ofSeconds(7));
        time.pass(RENEWAL.multipliedBy(3));
        assertThat(leases.renewed).isZero();
    }

    @Test
    void releaseThatFails_stopsNobodyFromStopping() {
        begin();
        leases.releasing = failing(ErrorCode.STORE_UNAVAILABLE);
        assertThat(renewal.release(Duration.ZERO)).isCompleted();
    }
}

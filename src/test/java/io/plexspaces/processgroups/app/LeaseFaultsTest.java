package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.api.MemoryService;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.core.node.LeaseRenewal;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.faults.FaultInjection;
import io.plexspaces.processgroups.faults.FaultPoints;
import io.plexspaces.processgroups.faults.Faults;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each step of taking, keeping and losing the lease throws at random for a while, as the store also does. The start
 * ends, the lease is kept and taken again, and no connection outlives a lost lease; or the node says that a task has
 * stalled.
 */
@Isolated
class LeaseFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TURNS = 30;
    private static final int MOST_TURNS = 600;
    private static final Duration BOUND = Duration.ofMillis(20);
    private static final Duration RENEWAL = Duration.ofMillis(5);

    /** Once in a start. */
    private static final List<String> STARTING = List.of(
            "core.node.LeaseRenewal#attempt",
            "core.node.LeaseRenewal#begin",
            "core.node.LeaseRenewal#notTaken",
            "core.node.LeaseRenewal#take",
            "tasks.PeriodicTasks#every");

    private static final List<String> RUNNING = List.of(
            "core.node.LeaseRenewal#beginAnew",
            "core.node.LeaseRenewal#begun",
            "core.node.LeaseRenewal#notBegun",
            "core.node.LeaseRenewal#notRenewed",
            "core.node.LeaseRenewal#step",
            "core.OperationIds#continueUnder",
            "core.session.Sessions#acceptAgain",
            "core.session.Sessions#dropAll",
            "core.session.Connections#acceptAgain",
            "core.session.Connections#cutAll",
            "core.session.Connections#refuse",
            "tasks.PeriodicTask#goOnAfter",
            "tasks.PeriodicTask#tell",
            "tasks.PeriodicTask$Pass#begin",
            "tasks.PeriodicTask$Pass#end",
            "tasks.PeriodicTask$Pass#giveUp");

    @RegisterExtension
    static final FaultInjection FAULTS = new FaultInjection(all());

    private final MemoryService service = new MemoryService(1 << 20);
    private final PeriodicTasks tasks = new PeriodicTasks(System::nanoTime);
    private final TimerThread timer = new TimerThread(tasks);
    private final OperationIds operations = new OperationIds();
    private final FickleLeases leases = new FickleLeases();
    private final List<Held> connections = new ArrayList<>();
    private final LeaseRenewal renewal = new LeaseRenewal(
            leases,
            operations,
            service.sessions,
            new LeaseRenewal.Times(RENEWAL, Duration.ofSeconds(5), Duration.ofMillis(300)),
            new LeaseRenewal.Schedule(System::nanoTime, timer.delays(), tasks),
            () -> {});

    /** A connection and the lease it was made under. */
    private record Held(Connection connection, long incarnation) {}

    /** Each of its calls ends in another way than the one before. */
    private static final class FickleLeases implements NodeLeases {
        final AtomicInteger calls = new AtomicInteger();
        final AtomicInteger renewed = new AtomicInteger();
        volatile boolean fickle = true;

        @Override
        public Uni<NodeLease> acquire(NodeId node) {
            return calls.incrementAndGet() % 2 == 1 && fickle
                    ? failing(ErrorCode.STORE_UNAVAILABLE)
                    : Uni.createFrom().item(new NodeLease(node, 1));
        }

        @Override
        public Uni<NodeLease> reacquire(NodeLease lapsed) {
            return calls.incrementAndGet() % 3 == 0 && fickle
                    ? failing(ErrorCode.STORE_UNAVAILABLE)
                    : Uni.createFrom().item(new NodeLease(lapsed.node(), lapsed.incarnation() + 1));
        }

        @Override
        public Uni<Void> renew(NodeLease lease) {
            renewed.incrementAndGet();
            int call = fickle ? calls.incrementAndGet() % 16 : 0;
            return switch (call) {
                case 2, 5, 11 -> failing(ErrorCode.FENCED);
                case 3, 9 -> failing(ErrorCode.STORE_UNAVAILABLE);
                default -> Uni.createFrom().voidItem();
            };
        }

        @Override
        public Uni<Void> release(NodeLease lease, Duration grace) {
            return Uni.createFrom().voidItem();
        }

        @Override
        public Uni<List<Known>> known(int most) {
            return Uni.createFrom().item(List.of());
        }

        private static <T> Uni<T> failing(ErrorCode code) {
            return Uni.createFrom().failure(GroupException.of(code, "as it comes"));
        }
    }

    static List<String> starting() {
        return STARTING;
    }

    static List<String> running() {
        return RUNNING;
    }

    private static List<String> all() {
        return Stream.concat(STARTING.stream(), RUNNING.stream()).toList();
    }

    @AfterEach
    void stop() {
        Faults.disarm();
        timer.stop();
        service.close();
    }

    @Test
    void everyPoint_isAMethodOfTheProduct() {
        assertThat(FaultPoints.missing(all())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("starting")
    void startThatThrows_ends(String point) {
        Faults.arm(Set.of(point), 1);
        CompletableFuture<Void> begun = start();
        await().atMost(SOON).until(begun::isDone);
        assertThat(begun).isCompletedExceptionally();
    }

    @ParameterizedTest
    @MethodSource("running")
    void stepThatThrows_isSeen_andLosesNoLease(String point) {
        await().atMost(SOON).until(start()::isDone);
        AtomicInteger others = new AtomicInteger();
        timer.every(RENEWAL, BOUND, "another task", () -> otherPass(others.incrementAndGet()));
        long thrown = Faults.thrown();
        Faults.arm(Set.of(point), 0.2);
        for (int turn = 0; turn < TURNS || (turn < MOST_TURNS && Faults.thrown() == thrown); turn++) {
            connect();
            pause();
        }
        Faults.disarm();
        assertThat(Faults.thrown()).as("thrown").isGreaterThan(thrown);
        leases.fickle = false;

        int renewals = leases.renewed.get();
        int passes = others.get();
        await().atMost(SOON)
                .until(() -> !tasks.stalled().isEmpty()
                        || (leases.renewed.get() > renewals + 5 && others.get() > passes + 1));
        if (tasks.stalled().isEmpty()) {
            assertThat(renewal.isLost()).isFalse();
            connect();
            long present = operations.lease().incarnation();
            assertThat(connections.get(connections.size() - 1).incarnation()).isEqualTo(present);
            await().atMost(SOON).until(() -> connections.stream()
                    .allMatch(held -> held.connection().isClosed() == held.incarnation() < present));
        }
    }

    private CompletableFuture<Void> start() {
        return CompletableFuture.completedFuture(renewal).thenCompose(LeaseRenewal::begin);
    }

    /** Some never end, some fail. */
    private static Uni<Void> otherPass(int number) {
        return switch (number % 4) {
            case 1 -> Uni.createFrom().nothing();
            case 3 -> Uni.createFrom().failure(new IllegalStateException("a pass of another task"));
            default -> Uni.createFrom().voidItem();
        };
    }

    /** If connections are taken just now. */
    private void connect() {
        long incarnation = operations.lease().incarnation();
        try {
            Connection made = service.sessions.connect(new Nowhere());
            if (operations.lease().incarnation() == incarnation) {
                connections.add(new Held(made, incarnation));
            }
        } catch (GroupException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.FENCED);
        }
    }

    private static void pause() {
        long end = System.nanoTime() + 2 * RENEWAL.toNanos();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() > end);
    }

    /** A transport that takes everything. */
    private static final class Nowhere implements Sink<byte[]> {
        private static final WireFormat<byte[]> FORMAT = new WireFormat<>() {
            @Override
            public byte[] encode(Event event) {
                return new byte[0];
            }

            @Override
            public byte[] join(byte[][] parts, int count, int bytes) {
                return new byte[0];
            }

            @Override
            public void release(byte[] joined) {}
        };

        @Override
        public WireFormat<byte[]> format() {
            return FORMAT;
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public int heldBytes() {
            return 0;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public void write(byte[] joined, boolean shared) {}

        @Override
        public void flush() {}

        @Override
        public void close(@Nullable GroupException cause) {}
    }
}

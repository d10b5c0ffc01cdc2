package io.plexspaces.processgroups.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.FakePeer;
import io.plexspaces.processgroups.core.ScriptedLog;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches that are asked for, and given up, before the one before is answered. */
class ConnectionWatchesTest {
    /** As in the fixture's settings. */
    private static final int LIMIT = 1000;

    private static final LogLimits LIMITS = new LogLimits(1_000, 100, 16, 10, 1_000, 1 << 20, 10);

    private final GroupId room = GroupId.of("t", "", "room");
    private final ScriptedLog log = new ScriptedLog(room);
    private final CoreFixture core = new CoreFixture(Duration.ofMillis(300), log, new NodeLease(CoreFixture.NODE, 7));
    private final FakePeer peer = new FakePeer(0);
    private ConnectionWatches watcher;

    @BeforeEach
    void connect() {
        Connection connection = core.sessions.connect(peer);
        peer.connected(connection);
        watcher = core.sessions.watcher(connection, false);
    }

    @AfterEach
    void close() {
        core.close();
    }

    private static void assertRefused(Uni<Void> refused, ErrorCode code) {
        assertThatExceptionOfType(GroupException.class)
                .isThrownBy(() -> CoreFixture.await(refused))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void unwatch_beforeTheGroupIsOpen_isFollowedByNothing() {
        log.opening = true;
        CompletableFuture<Void> watching = watcher.watch(room).subscribeAsCompletionStage();
        CoreFixture.await(watcher.unwatch(room));
        log.answer();
        assertThat(watching).isDone();

        log.opening = false;
        CoreFixture.await(watcher.watch(room));
        core.connect("alice", null, room.namespace()).join(room);
        await().untilAsserted(() -> assertThat(peer.seen(Event.Joined.class)).isNotEmpty());
        CompletableFuture.runAsync(() -> {}, peer.loop()).join();
        assertThat(peer.seen(Event.Joined.class)).hasSize(1);
    }

    @Test
    void nextLifeThatIsAnnouncedBeforeTheEndOfTheOneBefore_isWatchedAfterIt() {
        CoreFixture.await(watcher.watch(room.namespace()));
        await().untilAsserted(
                        () -> assertThat(peer.seen(Event.GroupCreated.class)).hasSize(1));
        log.announce("second");
        log.replace("second");
        await().untilAsserted(() -> {
            assertThat(peer.seen(Event.GroupDeleted.class)).hasSize(1);
            assertThat(peer.seen(Event.GroupCreated.class)).hasSize(2);
        });
        core.connect("alice", null, room.namespace()).join(room);
        await().untilAsserted(() -> assertThat(peer.seen(Event.Joined.class)).hasSize(1));
    }

    @Test
    void nextLifeThatIsAnnouncedAfterTheEndOfTheOneBefore_isWatched() {
        CoreFixture.await(watcher.watch(room.namespace()));
        log.replace("second");
        await().untilAsserted(
                        () -> assertThat(peer.seen(Event.GroupDeleted.class)).hasSize(1));
        log.announce("second");
        core.connect("alice", null, room.namespace()).join(room);
        await().untilAsserted(() -> assertThat(peer.seen(Event.Joined.class)).hasSize(1));
        assertThat(peer.seen(Event.GroupCreated.class)).hasSize(2);
    }

    @Test
    void watchesThatWaitForTheirGroups_countForTheLimit() {
        log.opening = true;
        for (int i = 0; i < LIMIT; i++) {
            CompletableFuture<Void> watching =
                    watcher.watch(GroupId.of("t", "", "g" + i)).subscribeAsCompletionStage();
            assertThat(watching).isNotDone();
        }
        assertRefused(watcher.watch(room), ErrorCode.LIMIT_EXCEEDED);
        assertRefused(watcher.watch(room.namespace()), ErrorCode.LIMIT_EXCEEDED);
        CoreFixture.await(watcher.unwatch(GroupId.of("t", "", "g0")));
        assertThat(watcher.watch(room).subscribeAsCompletionStage()).isNotDone();
    }

    @Test
    void watchThatFails_orIsOver_makesRoom() {
        log.exists = false;
        for (int i = 0; i <= LIMIT; i++) {
            assertRefused(watcher.watch(room), ErrorCode.GROUP_NOT_FOUND);
        }
        log.exists = true;
        CoreFixture.await(watcher.watch(room));
        assertRefused(watcher.watch(room), ErrorCode.FAILED_PRECONDITION);
        log.end();
        log.exists = true;
        CoreFixture.await(watcher.watch(room));
        await().untilAsserted(() -> assertThat(peer.seen(Event.Members.class)).hasSize(2));
        assertThat(peer.seen(Event.GroupDeleted.class))
                .extracting(Event.GroupDeleted::group)
                .isEqualTo(List.of(room));
    }

    @Test
    void watchAgain_beforeTheOneThatWasGivenUpFails_countsForTheLimit() {
        log.opening = true;
        ConnectionWatches other = core.sessions.watcher(core.sessions.connect(new FakePeer(1)), false);
        List<CompletableFuture<Void>> again = new ArrayList<>();
        other.watch(room).subscribe().with(watching -> {}, failure -> {
            log.exists = true;
            CoreFixture.await(watcher.unwatch(room));
            again.add(watcher.watch(room).subscribeAsCompletionStage());
        });
        CompletableFuture<Void> first = watcher.watch(room).subscribeAsCompletionStage();
        log.exists = false;
        log.answer();
        assertThat(first).isCompletedExceptionally();
        log.answer();
        assertThat(again.get(0)).isCompleted();

        log.opening = true;
        for (int i = 1; i < LIMIT; i++) {
            CompletableFuture<Void> watching =
                    watcher.watch(GroupId.of("t", "", "g" + i)).subscribeAsCompletionStage();
            assertThat(watching).isNotDone();
        }
        assertRefused(watcher.watch(GroupId.of("t", "", "more")), ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void namespaceOfManyGroups_isOpenedAFewAtATime() {
        MemoryGroupLog memory = new MemoryGroupLog(
                Clock.systemUTC(), LIMITS, () -> UUID.randomUUID().toString());
        AtomicInteger opening = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        GroupLog slow = (GroupLog) Proxy.newProxyInstance(
                GroupLog.class.getClassLoader(), new Class<?>[] {GroupLog.class}, (proxy, method, arguments) -> {
                    Object made = method.invoke(memory, arguments);
                    return method.getName().equals("open") ? slowly((Uni<?>) made, opening, most) : made;
                });
        NodeLease lease = CoreFixture.await(memory.acquire(CoreFixture.NODE));
        CoreFixture many = new CoreFixture(Duration.ofMillis(300), slow, lease);
        for (int i = 0; i < 200; i++) {
            many.create("g" + i);
        }
        FakePeer watching = new FakePeer(0);
        Connection connection = many.sessions.connect(watching);
        watching.connected(connection);
        CoreFixture.await(
                many.sessions.watcher(connection, false).watch(many.group("any").namespace()));

        await().untilAsserted(
                        () -> assertThat(watching.seen(Event.Members.class)).hasSize(200));
        assertThat(most).hasValueBetween(2, 32);
        many.close();
    }

    private static Uni<?> slowly(Uni<?> made, AtomicInteger opening, AtomicInteger most) {
        return made.onSubscription()
                .invoke(() -> most.accumulateAndGet(opening.incrementAndGet(), Math::max))
                .onItem()
                .delayIt()
                .by(Duration.ofMillis(5))
                .onTermination()
                .invoke(opening::decrementAndGet);
    }

    private static Connection connected(CoreFixture node, FakePeer peer) {
        Connection connection = node.sessions.connect(peer);
        peer.connected(connection);
        return connection;
    }

    @Test
    void watches_countInTheServersBudget_untilTheyEnd() {
        CoreFixture node = new CoreFixture(Duration.ZERO);
        try {
            FakePeer spectator = new FakePeer(0);
            Connection connection = connected(node, spectator);
            ConnectionWatches watches = node.sessions.watcher(connection, false);
            List<GroupId> groups = List.of(node.create("a"), node.create("b"), node.create("c"), node.create("d"));
            long before = node.budget.held();

            CoreFixture.await(watches.watch(groups.get(0).namespace()));
            await().until(() -> spectator.seen(Event.GroupCreated.class).size() == groups.size());
            long watched = node.budget.held() - before;
            assertThat(watched).isGreaterThanOrEqualTo(groups.size() * 200L);
            CoreFixture.await(node.groups.delete(groups.get(0)));
            await().until(() -> node.budget.held() - before == watched * 3 / 4);
            CoreFixture.await(watches.unwatch(groups.get(0).namespace()));
            assertThat(node.budget.held()).isEqualTo(before);

            node.budget.add(node.budget.bytes());
            assertRefused(watches.watch(groups.get(1)), ErrorCode.OVERLOADED);
            node.budget.add(-node.budget.bytes());
            CoreFixture.await(watches.watch(groups.get(1)));
            connection.lost();
            await().until(() -> node.budget.held() == before);
        } finally {
            node.close();
        }
    }

    /** The groups are left by steps. */
    @Test
    void namespaceThatIsWatchedAgain_beforeAllItsGroupsAreLeft_waitsForThat() {
        CoreFixture node = new CoreFixture(Duration.ZERO);
        try {
            FakePeer spectator = new FakePeer(0);
            Connection connection = connected(node, spectator);
            ConnectionWatches watches = node.sessions.watcher(connection, false);
            int many = 90;
            for (int i = 0; i < many; i++) {
                node.create("g" + i);
            }
            Namespace namespace = node.group("g0").namespace();
            CoreFixture.await(watches.watch(namespace));
            await().until(() -> spectator.seen(Event.GroupCreated.class).size() == many);
            long watched = node.budget.held();

            CompletableFuture<Void> given = watches.unwatch(namespace).subscribeAsCompletionStage();
            CompletableFuture<Void> again = watches.watch(namespace).subscribeAsCompletionStage();
            assertThat(given).isNotDone();
            assertRefused(watches.unwatch(namespace), ErrorCode.FAILED_PRECONDITION);
            assertThat(given).succeedsWithin(Duration.ofSeconds(10));
            assertThat(again).succeedsWithin(Duration.ofSeconds(10));
            await().until(() -> spectator.seen(Event.GroupCreated.class).size() == 2 * many);
            await().until(() -> node.budget.held() == watched);

            watches.keepOnly(group -> false, all -> false);
            long left = node.budget.held();
            assertThat(left).as("at once").isLessThanOrEqualTo(watched - many * 200L);
        } finally {
            node.close();
        }
    }
}

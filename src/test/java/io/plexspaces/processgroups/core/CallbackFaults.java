package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.group.Housekeeping;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.session.ConnectionWatches;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.faults.FaultInjection;
import io.plexspaces.processgroups.faults.FaultPoints;
import io.plexspaces.processgroups.faults.Faults;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each of some callbacks and tasks throws at random for a while. Every request is answered meanwhile, and within
 * ten seconds everything is true again on every node, or its connection has ended with a code.
 *
 * <p>One file, as what clients ask and what must be true in the end belong together.
 */
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CallbackFaults {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** A point that is reached seldom has more turns, up to so many times as many, until it has thrown often enough. */
    private static final int MOST = 2;

    private static final int ENOUGH = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
    private static final Housekeeping.Times TIMES =
            new Housekeeping.Times(Duration.ofMillis(50), Duration.ofSeconds(15), Duration.ofMinutes(1));

    private final List<String> points;

    @RegisterExtension
    final FaultInjection faults;

    private final int turns;

    private final Map<String, String> pending = new ConcurrentHashMap<>();
    private final Set<Position> accepted = ConcurrentHashMap.newKeySet();

    /** Those that subscribed with presence. */
    private final Set<FakePeer> seeing = ConcurrentHashMap.newKeySet();

    /** Clients are spread over them; what else is asked goes to the first. */
    private List<CoreFixture> nodes = List.of();

    private CoreFixture core;
    private @Nullable ScheduledExecutorService timer;
    private int calls;

    /**
     * @param points as {@link FaultPoints} names them
     * @param turns of everything that clients do, while one of them fails
     */
    CallbackFaults(List<String> points, int turns) {
        this.points = points;
        this.faults = new FaultInjection(points);
        this.turns = Integer.getInteger("processgroups.test.faults.turns", turns);
    }

    /** Nodes on one log, of one tenant. */
    abstract List<CoreFixture> begin();

    /** What else a node does again and again. */
    void work(CoreFixture node, PeriodicTasks tasks, Delays timer) {}

    /** Whether all that the nodes rely on is said to work. */
    boolean isHealthy() {
        return true;
    }

    /** Cuts new connections. */
    void disturb() {}

    /** Members of the group without a connection. */
    int absent(String point) {
        return 1;
    }

    List<String> points() {
        return points;
    }

    @AfterEach
    final void close() {
        Faults.disarm();
        if (timer != null) {
            timer.shutdownNow();
        }
        nodes.forEach(CoreFixture::close);
    }

    @Test
    void everyPoint_isAMethodOfTheProduct() {
        assertThat(FaultPoints.missing(points)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("points")
    void callbackThatThrows_leavesNobodyWaiting_andNothingUntrue(String point) {
        pending.clear();
        accepted.clear();
        nodes = begin();
        core = nodes.get(0);
        PeriodicTasks tasks = new PeriodicTasks(System::nanoTime);
        timer = Executors.newScheduledThreadPool(1);
        for (CoreFixture node : nodes) {
            new Housekeeping(node.log, node.replicas, node.operations, TIMES, none -> {})
                    .start(tasks, Delays.on(timer));
            work(node, tasks, Delays.on(timer));
        }
        GroupId group = core.create("g");
        List<ActorId> absent = IntStream.range(0, absent(point))
                .mapToObj(number -> new ActorId("durable" + number))
                .toList();
        await(core.groups.join(new Groups.JoinRequest(group, absent, TopicFilter.ALL, null, null, null)));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Client client = node(i).connect("c" + i);
            client.join(group);
            clients.add(client);
        }
        List<Watched> watches = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            watch(group, watches);
            watch(watches, group, watcher -> watcher.watch(group.namespace()));
        }
        within(SOON, () -> assertThat(pending).isEmpty());
        for (int i = 0; i < 10; i++) {
            publish(group, Groups.Spread.ALL);
        }

        long before = Faults.thrown();
        Faults.arm(Set.of(point), 0.3);
        for (int turn = 0; turn < turns || (turn < MOST * turns && Faults.thrown() - before < ENOUGH); turn++) {
            act(group, turn, clients, watches);
            if (turn % 5 == 3) {
                disturb();
            }
            pause();
        }
        Faults.disarm();

        within(SOON, () -> assertThat(pending).isEmpty());
        within(SOON, () -> assertWell(group, clients, watches));
        within(SOON, () -> {
            assertThat(isHealthy()).as("healthy").isTrue();
            assertThat(tasks.stalled()).isEmpty();
            assertThat(tasks.failing()).isEmpty();
        });
    }

    /** Until all is answered, or for a moment. */
    private void pause() {
        long end = System.nanoTime() + LONGEST_PAUSE.toNanos();
        while (!pending.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private CoreFixture node(int number) {
        return nodes.get(number % nodes.size());
    }

    private void act(GroupId group, int turn, List<Client> clients, List<Watched> watches) {
        publish(group, Groups.Spread.ALL);
        publish(group, Groups.Spread.ONE);
        publish(group, Groups.Spread.ALL, "k" + turn % 7);
        String actor = "a" + turn % 5;
        ask(
                "join",
                () -> core.groups.join(new Groups.JoinRequest(
                        group,
                        List.of(new ActorId(actor)),
                        TopicFilter.of(List.of("x." + turn % 3)),
                        null,
                        null,
                        null)));
        if (turn % 2 == 0) {
            ask(
                    "leave",
                    () -> core.groups.leave(new Groups.LeaveRequest(
                            group, new ActorId(actor), turn % 4 == 0, null, null, LeaveReason.LEFT)));
        }
        ask(
                "leased",
                () -> core.groups.join(new Groups.JoinRequest(
                        group,
                        List.of(new ActorId("leased" + turn % 7)),
                        TopicFilter.ALL,
                        null,
                        Duration.ofMillis(100),
                        null)));
        ask("members", () -> core.groups.members(new Groups.MembersQuery(group, false, null, 100)));
        ask("list", () -> core.groups.list(new GroupQuery(core.tenant, null, new Glob("*"), null, 100)));
        ask("fetch", () -> core.groups.fetch(new Groups.FetchRequest(group, null, null, false, 100)));
        if (turn % 5 == 0) {
            GroupId other = core.group("other" + turn);
            ask(
                    "create",
                    () -> core.groups.create(
                            other, new GroupSpec(GroupSpec.Metadata.NONE, new Retention(10, SOON), null)));
            ask(
                    "join other",
                    () -> core.groups.join(new Groups.JoinRequest(
                            other, List.of(new ActorId("o")), TopicFilter.ALL, null, null, null)));
            watch(other, watches);
            ask("delete", () -> core.groups.delete(other));
            watch(group, watches);
            ask(
                    "read",
                    () -> node(1).log.open(group, new Members(new TreeMap<>())).invoke(Tail::close));
            connectAnother(group, turn, clients);
        }
    }

    private void watch(GroupId group, List<Watched> watches) {
        watch(watches, group, watcher -> watcher.watch(group));
    }

    private void watch(List<Watched> watches, GroupId group, Function<ConnectionWatches, Uni<Void>> begin) {
        FakePeer peer = new FakePeer(watches.size());
        CoreFixture node = node(watches.size() / 2);
        var connection = node.sessions.connect(peer);
        peer.connected(connection);
        ask("watch", () -> {
            ConnectionWatches watcher = node.sessions.watcher(connection, true);
            watches.add(new Watched(group, peer, connection));
            // As an endpoint does.
            return begin.apply(watcher).onFailure().invoke(failure -> connection.finish(null));
        });
    }

    /** A new one, or one that takes the session of another over, with what it has seen. */
    private void connectAnother(GroupId group, int turn, List<Client> clients) {
        Client before = clients.get(ThreadLocalRandom.current().nextInt(clients.size()));
        boolean resumed = turn % 2 == 0;
        String actor = resumed ? before.opened().session().actor().value() : "n" + turn;
        if (resumed) {
            before.drop();
        }
        FakePeer peer = new FakePeer(turn);
        CoreFixture node = node(turn / 5);
        var connection = node.sessions.connect(peer);
        peer.connected(connection);
        Position after = resumed ? seen(before) : null;
        ReplayLast last = after == null ? new ReplayLast(5, turn % 3 == 0) : null;
        Presence presence = Presence.values()[turn / 5 % 3];
        if (presence == Presence.MEMBERS) {
            seeing.add(peer);
        }
        ask("subscribe", () -> node.sessions
                .open(
                        connection,
                        group.namespace(),
                        new ActorId(actor),
                        resumed ? before.opened().resumeToken() : null)
                .chain(opened -> opened.session()
                        .join(
                                connection,
                                new Session.Wish(
                                        group,
                                        TopicFilter.ALL,
                                        after,
                                        last,
                                        turn % 4 == 0,
                                        null,
                                        true,
                                        JoinMetadata.NONE,
                                        presence,
                                        null))
                        .invoke(() -> clients.add(new Client(peer, connection, opened))))
                .onFailure()
                .invoke(failure -> connection.finish(null)));
    }

    private static @Nullable Position seen(Client client) {
        Position last = null;
        for (Event event : client.peer().seen()) {
            if (event instanceof Event.Subscribed subscribed) {
                last = subscribed.position();
            } else if (event instanceof Event.Delivered delivered && last != null) {
                last = new Position(last.epoch(), delivered.entry().offset());
            }
        }
        return last;
    }

    private void publish(GroupId group, Groups.Spread spread) {
        publish(group, spread, "");
    }

    /** @param idempotencyKey empty: none */
    private void publish(GroupId group, Groups.Spread spread, String idempotencyKey) {
        var message = CoreFixture.message("m" + calls, null, idempotencyKey);
        CoreFixture node = node(calls);
        ask("publish " + spread + " " + idempotencyKey, () -> node.groups
                .publish(new Groups.PublishRequest(group, message, null, spread, "", false, Groups.RecipientDetail.IDS))
                .invoke(done -> {
                    if (spread == Groups.Spread.ALL) {
                        accepted.add(done.position());
                    }
                }));
    }

    private <T> void ask(String what, Supplier<Uni<T>> call) {
        String name = what + " " + calls++;
        pending.put(name, what);
        try {
            call.get().subscribe().with(done -> pending.remove(name), failure -> pending.remove(name));
        } catch (RuntimeException | Error failure) {
            pending.remove(name);
        }
    }

    private static void within(Duration time, ThrowingRunnable assertions) {
        await().atMost(time)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertions);
    }

    /** One second; what does not hold then may be asked again. */
    private static void soon(ThrowingRunnable assertions) {
        try {
            within(Duration.ofSeconds(1), assertions);
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(late.getMessage(), late);
        }
    }

    private void assertWell(GroupId group, List<Client> clients, List<Watched> watches) {
        Map<String, Integer> inLog = membersOfLog(group);
        for (CoreFixture node : nodes) {
            Map<String, Integer> told = new TreeMap<>();
            for (Membership membership : await(node.groups.members(new Groups.MembersQuery(group, false, null, 1000)))
                    .members()) {
                told.put(membership.actor().value(), membership.joinCount());
            }
            assertThat(told).as("members").isEqualTo(inLog);
        }
        assertThat(inLog.keySet()).as("leased").noneMatch(actor -> actor.startsWith("leased"));
        Set<String> connected = new TreeSet<>();
        clients.stream()
                .filter(client -> !client.connection().isClosed())
                .forEach(client ->
                        connected.add(client.opened().session().actor().value()));
        assertThat(inLog.keySet().stream()
                        .filter(actor -> actor.matches("[cn]\\d+"))
                        .toList())
                .as("those that are gone")
                .allMatch(connected::contains);
        assertThat(core.publish(group, null, "after all").recipients()).isEqualTo(inLog.size());
        for (Watched watched : watches) {
            if (!watched.connection().isClosed()) {
                assertThat(seenBy(watched.peer(), watched.group()))
                        .as("seen by a watch of %s", watched.group().name())
                        .isEqualTo(membersOfLog(watched.group()).keySet());
            }
        }
        for (Client client : clients) {
            if (!client.connection().isClosed()) {
                assertThat(client.peer().isClosed())
                        .as("closed without knowing")
                        .isFalse();
                soon(() -> {
                    assertThat(client.peer().texts()).contains("after all");
                    assertComplete(client);
                    if (seeing.contains(client.peer())) {
                        assertThat(seenBy(client.peer(), group))
                                .as("seen by a subscription")
                                .isEqualTo(inLog.keySet());
                    }
                });
            }
        }
    }

    private void assertComplete(Client client) {
        long from = -1;
        Set<Long> seen = new TreeSet<>();
        List<Event.Gap> gaps = client.peer().seen(Event.Gap.class).stream()
                .filter(gap -> gap.reason() != Event.Gap.Reason.MEMBERS)
                .toList();
        for (Event event : client.peer().seen()) {
            if (event instanceof Event.Subscribed subscribed && from < 0) {
                from = subscribed.position().offset();
            } else if (event instanceof Event.Delivered delivered) {
                assertThat(seen.add(delivered.entry().offset())).as("once").isTrue();
            }
        }
        long first = from;
        assertThat(first).as("subscribed").isPositive();
        assertThat(accepted)
                .filteredOn(position -> position.offset() > first)
                .allMatch(position -> seen.contains(position.offset())
                        || gaps.stream()
                                .anyMatch(gap -> gap.from() < position.offset() && position.offset() < gap.to()));
    }

    private static Set<String> seenBy(FakePeer peer, GroupId group) {
        Set<String> members = new TreeSet<>();
        boolean whole = true;
        for (Event event : peer.seen()) {
            if (!group.equals(event.group())) {
                continue;
            }
            Event.Members part = event instanceof Event.Members more
                    ? more
                    : event instanceof Event.Subscribed subscribed ? subscribed.snapshot() : null;
            if (part != null) {
                if (whole) {
                    // Another snapshot begins.
                    members.clear();
                }
                part.members().forEach(member -> members.add(member.actor().value()));
                whole = part.last();
            } else if (event instanceof Event.Joined joined) {
                members.add(joined.membership().actor().value());
            } else if (event instanceof Event.Left left) {
                members.remove(left.actor().value());
            }
        }
        return members;
    }

    private Map<String, Integer> membersOfLog(GroupId group) {
        Map<String, Integer> members = new TreeMap<>();
        await(core.log
                        .open(group, new Members(members))
                        .onFailure()
                        .transform(failure -> new AssertionError("of group " + group.name(), failure)))
                .close();
        return members;
    }

    /** A group that is watched, alone or with its namespace. */
    private record Watched(GroupId group, FakePeer peer, Connection connection) {}

    /** Takes from the first snapshot who is a member. */
    private record Members(Map<String, Integer> counts) implements GroupReader {
        @Override
        public void snapshot(Snapshot snapshot) {
            snapshot.members().forEach(member -> counts.put(member.actor().value(), member.joinCount()));
        }

        @Override
        public void goesOn(GroupInfo life) {}

        @Override
        public void failed(GroupException cause) {}

        @Override
        public void entry(Entry entry) {}
    }
}

package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.faults.FaultPoints;
import io.plexspaces.processgroups.faults.Faults;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each callback and task of the core throws at random for a while, over a log in memory. Whatever is asked meanwhile is answered, and within ten
 * seconds everything is true again, or its connection has ended with a code.
 */
@Isolated
class CallbackFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TURNS = Integer.getInteger("processgroups.test.faults.turns", 40);

    private static final List<String> POINTS = List.of(
            "core.Told#published",
            "core.Told#joined",
            "core.Told#left",
            "core.Members#put",
            "core.Members#remove",
            "core.Session#seated",
            "core.Seats#take",
            "core.Told#deleted",
            "core.Told#resume",
            "core.Told#disconnect",
            "core.Members#wanting",
            "core.Members#chooseOne",
            "core.Recipients#of",
            "core.PublishAnswers#answer",
            "core.Publishing#onItem",
            "core.CatchUp#replay",
            "core.CatchUp#first",
            "core.Snapshots#first",
            "core.Snapshots#welcome",
            "core.Watches#add",
            "core.Watches#tell",
            "core.Watcher$NamespaceWatch#created",
            "core.Watcher#begun",
            "core.Watcher#ended",
            "core.Watcher#endAll",
            "core.Session#silence",
            "core.Session#ended",
            "core.Session#abandon",
            "core.Seats#receive",
            "core.Seats#silence",
            "core.Seats#send",
            "core.Seats#end",
            "core.ExpectedJoins#answered",
            "core.GroupReplica#tick",
            "core.Recovery#again",
            "core.delivery.Roster#take",
            "core.delivery.Roster#handOut",
            "core.delivery.Roster#isExcepted",
            "core.delivery.Run#add",
            "core.delivery.Run#join",
            "core.delivery.Run#clear",
            "core.delivery.Frame#encoded",
            "core.delivery.Mailbox#offer",
            "core.delivery.Mailbox#poll",
            "core.delivery.Mailbox#weighs",
            "core.delivery.Mailbox#clear",
            "core.delivery.Source#next",
            "core.delivery.Connection#writeBatch",
            "core.delivery.Connection#writeOwn",
            "core.delivery.Connection#collect",
            "core.delivery.Connection#overflow",
            "core.delivery.DeliveryLoop#observeDelivered",
            "core.delivery.DeliveryLoop#isExpired",
            "core.FakePeer#write",
            "core.FakePeer#ready",
            "core.FakePeer#flush",
            "core.FakePeer#close",
            "log.memory.MemoryGroup#append",
            "log.memory.MemoryGroup#open",
            "log.memory.MemoryGroup#read",
            "log.memory.MemoryGroup#endLeases",
            "log.memory.Directory#list",
            "log.memory.Directory#follow");

    private static @Nullable AutoCloseable installed;

    private final CoreFixture core = new CoreFixture(Duration.ofMillis(100));
    private final ScheduledExecutorService reaper = Executors.newScheduledThreadPool(1);
    private final Map<String, String> pending = new ConcurrentHashMap<>();
    private final Set<Position> accepted = ConcurrentHashMap.newKeySet();
    private int calls;

    static List<String> points() {
        return POINTS;
    }

    @BeforeAll
    static void install() {
        // An injected error goes to the default handler of threads by design; it is not what this test waits for.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        installed = FaultPoints.install(POINTS);
    }

    @AfterAll
    static void reset() throws Exception {
        Awaitility.catchUncaughtExceptionsByDefault();
        if (installed != null) {
            installed.close();
        }
    }

    @AfterEach
    void close() {
        Faults.disarm();
        reaper.shutdownNow();
        core.close();
    }

    @Test
    void everyPoint_isAMethodOfTheProduct() {
        assertThat(FaultPoints.missing(POINTS)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("points")
    void callbackThatThrows_leavesNobodyWaiting_andNothingUntrue(String point) {
        core.startTicking();
        reaper.scheduleWithFixedDelay(this::expire, 50, 50, TimeUnit.MILLISECONDS);
        GroupId group = core.create("g");
        await(core.groups.join(
                new Groups.JoinRequest(group, List.of(new ActorId("durable")), TopicFilter.ALL, null, null, null)));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Client client = core.connect("c" + i);
            client.join(group);
            clients.add(client);
        }
        List<CoreFixture.Watching> watches = new ArrayList<>(List.of(core.watch(group), core.watch(group)));
        for (int i = 0; i < 10; i++) {
            publish(group, Groups.Spread.ALL);
        }

        Faults.arm(Set.of(point), 0.3);
        for (int turn = 0; turn < TURNS; turn++) {
            act(group, turn, clients, watches);
        }
        Faults.disarm();

        within(SOON, () -> assertThat(pending).isEmpty());
        within(SOON, () -> assertWell(group, clients, watches));
    }

    private void act(GroupId group, int turn, List<Client> clients, List<CoreFixture.Watching> watches) {
        publish(group, Groups.Spread.ALL);
        publish(group, Groups.Spread.ONE);
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
        ask("fetch", () -> core.groups.fetch(new Groups.FetchRequest(group, null, null, 100)));
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
            connectAnother(group, turn, clients);
        }
    }

    private void watch(GroupId group, List<CoreFixture.Watching> watches) {
        FakePeer peer = new FakePeer(watches.size());
        var connection = core.sessions.connect(peer);
        peer.connected(connection);
        ask("watch", () -> {
            Watcher watcher = core.sessions.watcher(connection, true);
            watches.add(new CoreFixture.Watching(peer, connection, watcher));
            // As an endpoint does.
            return watcher.watch(group).onFailure().invoke(failure -> connection.finish(null));
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
        var connection = core.sessions.connect(peer);
        peer.connected(connection);
        Position after = resumed ? seen(before) : null;
        ask("subscribe", () -> core.sessions
                .open(
                        connection,
                        group.namespace(),
                        new ActorId(actor),
                        resumed ? before.opened().resumeToken() : null)
                .chain(opened -> opened.session()
                        .join(connection, group, TopicFilter.ALL, after, turn % 4 == 0, null, true)
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
        ask("publish " + spread, () -> core.groups
                .publish(CoreFixture.request(group, null, "m" + calls, spread, "", null))
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

    private void expire() {
        try {
            core.log.expire(core.operations.next()).subscribe().with(done -> {}, failure -> {});
        } catch (RuntimeException | Error failure) {
            // the next one does it
        }
    }

    private void assertWell(GroupId group, List<Client> clients, List<CoreFixture.Watching> watches) {
        Map<String, Integer> inLog = membersOfLog(group);
        Map<String, Integer> told = new TreeMap<>();
        for (Membership membership : await(core.groups.members(new Groups.MembersQuery(group, false, null, 1000)))
                .members()) {
            told.put(membership.actor().value(), membership.joinCount());
        }
        assertThat(told).as("members").isEqualTo(inLog);
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
        for (CoreFixture.Watching watching : watches) {
            if (!watching.connection().isClosed()) {
                assertThat(seenBy(watching.peer(), group)).as("seen by a watch").isEqualTo(inLog.keySet());
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
                });
            }
        }
    }

    private void assertComplete(Client client) {
        long from = -1;
        Set<Long> seen = new TreeSet<>();
        List<Event.Gap> gaps = client.peer().seen(Event.Gap.class);
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
        for (Event event : peer.seen()) {
            if (!group.equals(event.group())) {
                continue;
            }
            if (event instanceof Event.Members part) {
                part.members().forEach(member -> members.add(member.actor().value()));
            } else if (event instanceof Event.Gap) {
                members.clear();
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
        await(core.log.open(group, new GroupReader() {
                    @Override
                    public void snapshot(Snapshot snapshot) {
                        snapshot.members()
                                .forEach(member -> members.put(member.actor().value(), member.joinCount()));
                    }

                    @Override
                    public void goesOn(GroupInfo life) {}

                    @Override
                    public void failed(GroupException cause) {}

                    @Override
                    public void entry(Entry entry) {}
                }))
                .close();
        return members;
    }
}

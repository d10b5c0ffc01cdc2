package io.plexspaces.processgroups.core.session;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.CoreFixture.Watching;
import io.plexspaces.processgroups.core.FakePeer;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has a session while it is taken over, ends, or is claimed by a node that dies. */
@Waiting
class SessionOwnerTest {
    private static final Duration GRACE = Duration.ofMillis(500);

    /** When the node that had a session ends the joins that were not moved. */
    private static final Duration REST = GRACE.plus(CoreFixture.TAKEOVER).plusMillis(500);

    private static final NodeId GONE = new NodeId("gone");

    private final CoreFixture one = new CoreFixture(GRACE);
    private final CoreFixture two = one.another("node-2");
    private final GroupId hall = one.create("hall");
    private final GroupId room = one.create("room");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private Client member() {
        Client client = one.connect("ann");
        client.join(hall);
        client.join(room);
        return client;
    }

    private static Owner.Session owner(Client client) {
        return client.opened().session().owner();
    }

    private int joins(GroupId group) {
        return await(two.groups.members(new Groups.MembersQuery(group, false, null, 10_000))).members().stream()
                .mapToInt(membership -> membership.joinCount())
                .sum();
    }

    /** A node that claims the session, and dies before it moves all. */
    private void claimAndDie(Client client, GroupId... moved) {
        OperationId operation = new OperationId(GONE, 1, 1);
        long claim = await(one.log.claim(owner(client).id(), operation)).number();
        Owner.Session next = new Owner.Session(owner(client).id(), GONE, 1, claim);
        for (GroupId group : moved) {
            Command takeOver = new Command.TakeOver(new ActorId("ann"), next, GONE);
            await(one.log.append(group, null, takeOver, operation));
        }
    }

    private static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(30)).until(() -> true);
    }

    @Test
    void graceThatPasses_afterAClaim_endsNothing() {
        Client before = member();
        before.drop();
        claimAndDie(before);
        pass(GRACE.multipliedBy(3));
        assertThat(joins(hall) + joins(room)).isEqualTo(2);
        Client after = two.connect("ann", before.opened().resumeToken());
        assertThat(after.opened().resumed()).isTrue();
        assertThat(after.opened().groups()).containsExactly(hall, room);
        pass(REST);
        assertThat(joins(hall) + joins(room)).isEqualTo(2);
        assertThat(after.peer().isClosed()).isFalse();
    }

    /** Both resumed at once, and the slower one has its request carried out last. */
    @Test
    void joinOfAConnectionThatWasReplaced_isRefused_andTakesNothingFromItsSuccessor() {
        Client before = member();
        String token = before.opened().resumeToken();
        before.drop();
        Client first = one.connect("ann", token);
        Client second = one.connect("ann", token);
        assertThat(second.join(hall).joinCount()).isEqualTo(1);
        assertThatExceptionOfType(GroupException.class)
                .isThrownBy(() -> first.join(hall))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SESSION_REPLACED));
        assertThat(joins(hall)).isEqualTo(1);
        one.publish(hall, null, "to whoever has it");
        await().untilAsserted(() -> assertThat(second.peer().texts()).containsExactly("to whoever has it"));
    }

    @Test
    void sessionThatHasEnded_isGoneWhole() {
        Client before = member();
        Watching watch = two.watch(room);
        before.drop();
        await().untilAsserted(
                        () -> assertThat(watch.peer().seen(Event.Left.class)).hasSize(1));
        assertThat(watch.peer().seen(Event.Left.class).get(0).reason()).isEqualTo(LeaveReason.DISCONNECTED);
        assertThat(two.connect("ann", before.opened().resumeToken()).opened().resumed())
                .isFalse();
        await().until(() -> joins(hall) + joins(room) == 0);
    }

    @Test
    void claimantThatDies_leavesEverythingToTheNextOne() {
        Client before = member();
        claimAndDie(before, hall);
        await().until(() -> before.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        Client after = one.connect("ann", before.opened().resumeToken());
        assertThat(after.opened().resumed()).isTrue();
        assertThat(after.opened().groups()).containsExactly(hall, room);
        pass(REST);
        assertThat(joins(hall) + joins(room)).isEqualTo(2);
        assertThat(one.sessions.size()).isEqualTo(1);
    }

    @Test
    void claimantThatIsSlow_losesToAResumeAfterIt_atTheNodeThatStillHasTheSession() {
        Client before = member();
        OperationId operation = new OperationId(GONE, 1, 1);
        long claim = await(one.log.claim(owner(before).id(), operation)).number();
        Client after = one.connect("ann", before.opened().resumeToken());
        assertThat(after.opened().resumed()).isTrue();
        assertThat(after.opened().groups()).containsExactly(hall, room);
        Command late = new Command.TakeOver(
                new ActorId("ann"), new Owner.Session(owner(before).id(), GONE, 1, claim), GONE);
        for (GroupId group : List.of(hall, room)) {
            assertThatExceptionOfType(GroupException.class)
                    .isThrownBy(() -> await(one.log.append(group, null, late, operation)))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SESSION_REPLACED));
        }
        pass(REST);
        assertThat(joins(hall) + joins(room)).isEqualTo(2);
        assertThat(after.peer().isClosed()).isFalse();
        assertThat(one.sessions.size()).isEqualTo(1);
    }

    @Test
    void clientThatTriesAnotherNode_andComesBack_isServedWhereItCameLast() {
        List<Client> after = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Client before = member();
            tryIn(two, before, i);
            after.add(one.connect("ann", before.opened().resumeToken()));
            assertThat(after.get(i).opened().resumed()).isTrue();
            assertThat(after.get(i).opened().groups()).containsExactly(hall, room);
        }
        pass(REST);
        assertThat(joins(hall) + joins(room)).isEqualTo(2 * after.size());
        assertThat(after).noneMatch(client -> client.peer().isClosed());
        assertThat(one.sessions.size()).isEqualTo(after.size());
        assertThat(two.sessions.size()).isZero();
    }

    /** Shows the token of {@code client} and waits for nothing: this log has claimed the session when it returns. */
    private void tryIn(CoreFixture node, Client client, int number) {
        FakePeer peer = new FakePeer(1_000 + number);
        Connection connection = node.sessions.connect(peer);
        peer.connected(connection);
        node.sessions
                .open(
                        connection,
                        room.namespace(),
                        new ActorId("ann"),
                        client.opened().resumeToken())
                .subscribe()
                .with(opened -> {}, failure -> {});
    }

    @Test
    void claimantThatDies_andNobodyAfterIt_leavesWhatItHasToItsLease() {
        Client before = member();
        claimAndDie(before, hall);
        await().until(() -> before.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        assertThat(joins(room)).isEqualTo(1);
        await().atMost(REST.plusSeconds(10)).until(() -> joins(room) == 0);
        assertThat(joins(hall)).isEqualTo(1);
        assertThat(one.sessions.size()).isZero();
    }

    @Test
    void joinUnderWay_whileItsSessionGoesOnElsewhere_isThereOrNot_butNeverLeftBehind() {
        List<GroupId> halls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            halls.add(one.create("hall-" + i));
        }
        Map<GroupId, Client> after = new ConcurrentHashMap<>();
        for (GroupId group : halls) {
            Client before = one.connect("ann");
            before.join(room);
            CompletableFuture<?> joining = CompletableFuture.runAsync(() -> before.opened()
                    .session()
                    .join(before.connection(), group, TopicFilter.ALL, null, false, null, false)
                    .subscribe()
                    .with(joined -> {}, failure -> {}));
            after.put(group, two.connect("ann", before.opened().resumeToken()));
            joining.join();
            assertThat(after.get(group).opened().groups()).contains(room);
        }
        pass(REST);
        after.forEach((group, client) -> assertThat(joins(group))
                .isEqualTo(client.opened().session().groups().contains(group) ? 1 : 0));
        assertThat(joins(room)).isEqualTo(halls.size());
        assertThat(one.sessions.size()).isZero();
    }

    @Test
    void thousandsOfSessionsThatEndAtOnce_areGoneSoon_andDisturbNobody() throws Exception {
        LogLimits limits = new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000);
        try (RedisStore store = RedisStore.any();
                CoreFixture node = CoreFixture.on(store.log(limits), Duration.ofSeconds(5), CoreFixture.NODE)) {
            node.startTicking();
            List<GroupId> groups = List.of(node.create("a"), node.create("b"));
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                clients.add(node.connect("actor-" + i));
            }
            for (GroupId group : groups) {
                List<Uni<Groups.JoinResult>> joins = clients.stream()
                        .map(client -> client.opened()
                                .session()
                                .join(client.connection(), group, TopicFilter.ALL, null, false, null, false))
                        .toList();
                await(Uni.join().all(joins).andFailFast());
            }
            clients.forEach(Client::drop);
            await().atMost(Duration.ofSeconds(40)).until(() -> {
                node.renewLease();
                return members(node, groups) == 0;
            });
            assertThat(node.sessions.size()).isZero();
        }
    }

    private static int members(CoreFixture node, List<GroupId> groups) {
        return groups.stream()
                .mapToInt(group -> await(node.groups.members(new Groups.MembersQuery(group, false, null, 1)))
                        .total())
                .sum();
    }
}

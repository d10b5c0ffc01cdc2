package io.plexspaces.processgroups.core.joins;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.CoreFixture.Watching;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.ScriptedLog;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.NodeLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A message for one member goes to a member that receives, on any node, and all nodes agree about keys.
 */
class ReachTest {
    private final CoreFixture one = new CoreFixture(Duration.ofSeconds(30));
    private final CoreFixture two = one.another("node-2");
    private final GroupId room = one.create("room");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static Client join(CoreFixture node, GroupId group, String actor) {
        Client client = node.connect(actor);
        client.join(group);
        return client;
    }

    private Groups.PublishResult publish(CoreFixture node, String key) {
        return await(node.groups.publish(CoreFixture.request(room, null, "m", Groups.Spread.ONE, key, null)));
    }

    private String chosen(CoreFixture node, String key) {
        return publish(node, key).ids().get(0).value();
    }

    private static List<Membership> members(CoreFixture node, GroupId group) {
        return await(node.groups.members(new Groups.MembersQuery(group, false, null, 100_000)))
                .members();
    }

    private static long away(CoreFixture node, GroupId group) {
        return members(node, group).stream()
                .filter(member -> member.holdings().get(0).away())
                .count();
    }

    private void awaitAway(int count) {
        await().untilAsserted(() ->
                assertThat(List.of(away(one, room), away(two, room))).containsOnly((long) count));
    }

    private Position end() {
        return Objects.requireNonNull(one.replicas.ifOpen(room)).position();
    }

    @Test
    void workerInItsGrace_isPassedOver_forALiveOneOnAnotherNode() {
        Client here = join(one, room, "a");
        join(two, room, "b");
        assertThat(chosen(one, "")).isEqualTo("a");
        here.drop();
        await().until(() -> chosen(one, "").equals("b"));
        for (int i = 0; i < 5; i++) {
            Groups.PublishResult result = publish(one, "");
            assertThat(result.ids().get(0).value()).isEqualTo("b");
            assertThat(result.failures()).isZero();
        }
    }

    @Test
    void workerInItsGraceElsewhere_isPassedOver() {
        Client first = join(two, room, "a");
        Client second = join(two, room, "b");
        assertThat(List.of(chosen(one, ""), chosen(one, ""))).containsExactlyInAnyOrder("a", "b");
        first.drop();
        awaitAway(1);
        for (int i = 0; i < 5; i++) {
            assertThat(chosen(one, "")).isEqualTo("b");
        }
        await().untilAsserted(() -> assertThat(second.peer().texts()).hasSizeGreaterThanOrEqualTo(5));
    }

    @Test
    void memberWithoutAConnection_isPassedOver_orCountsAsAFailure() {
        one.join(room, "record");
        assertThat(publish(one, "").failures()).isEqualTo(1);
        join(two, room, "worker");
        assertThat(chosen(one, "")).isEqualTo("worker");
        assertThat(publish(one, "").failures()).isZero();
    }

    @Test
    void nobodyReachable_theNearestGetsIt_andItFails() {
        Client here = join(one, room, "a");
        Client there = join(two, room, "b");
        here.drop();
        there.drop();
        awaitAway(2);
        Groups.PublishResult result = publish(two, "");
        assertThat(result.ids().get(0).value()).isEqualTo("b");
        assertThat(result.failures()).isEqualTo(1);
        assertThat(one.publish(room, null, "all").failures()).isEqualTo(2);
    }

    @Test
    void key_choosesTheSameAtEveryNode() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(join(i % 2 == 0 ? one : two, room, "w" + i));
        }
        assertAgreed(6);
        clients.get(0).drop();
        clients.get(3).drop();
        awaitAway(2);
        assertAgreed(4);
    }

    private void assertAgreed(int members) {
        List<String> keys = IntStream.range(0, 60).mapToObj(i -> "key" + i).toList();
        List<String> atOne = keys.stream().map(key -> chosen(one, key)).toList();
        assertThat(keys.stream().map(key -> chosen(two, key)).toList()).isEqualTo(atOne);
        assertThat(atOne.stream().distinct()).hasSize(members);
    }

    @Test
    void clientThatComesBack_receivesAgain_andNobodyWatchingHearsOfIt() {
        Watching watch = two.watch(room);
        Client before = join(one, room, "a");
        before.drop();
        awaitAway(1);
        Client after = one.connect("a", before.opened().resumeToken());
        after.join(room);
        awaitAway(0);
        assertThat(publish(two, "").failures()).isZero();
        await().untilAsserted(() -> assertThat(after.peer().texts()).contains("m"));
        assertThat(watch.peer().seen()).hasSize(2);
    }

    @Test
    void clientThatComesBackAtOnce_isNeverNoted() {
        Client client = join(one, room, "a");
        Position before = end();
        for (int i = 0; i < 5; i++) {
            client.drop();
            client = one.connect("a", client.opened().resumeToken());
            client.join(room);
        }
        assertThat(client.peer().isClosed()).isFalse();
        await().during(Duration.ofMillis(600))
                .untilAsserted(() -> assertThat(end()).isEqualTo(before));
    }

    @Test
    void sessionThatMovesWithoutAskingForItsGroups_isNotedWhereItIs() {
        Client before = join(one, room, "a");
        two.connect("a", before.opened().resumeToken());
        awaitAway(1);
        assertThat(publish(one, "").failures()).isEqualTo(1);
    }

    @Test
    void noteThatMakesNoDifference_isNotWrittenAgainAtOnce() {
        GroupId group = GroupId.of("t", "", "room");
        ScriptedLog log = new ScriptedLog(group);
        log.knowsNotes = true;
        CoreFixture core = new CoreFixture(Duration.ofSeconds(30), log, new NodeLease(CoreFixture.NODE, 7));
        Client client = core.connect("alice", null, group.namespace());
        client.join(group);
        client.drop();
        await().until(() -> log.notes.get() > 0);
        await().during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(log.notes.get()).isEqualTo(1));
        core.replicas.tick();
        await().until(() -> log.notes.get() == 2);
        core.close();
    }

    @Test
    void thousandsThatLoseTheirConnectionsAtOnce_areNotedInNotesOfMany_whileOthersGoOn() {
        join(two, room, "stays");
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            clients.add(join(one, room, "m" + i));
        }
        clients.forEach(Client::drop);
        awaitAway(3_000);
        assertThat(end().offset()).isEqualTo(1 + 3_001 + 3_000);
        assertThat(chosen(one, "")).isEqualTo("stays");
        assertThat(chosen(two, "")).isEqualTo("stays");
    }
}

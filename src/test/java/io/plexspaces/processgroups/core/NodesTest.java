package io.plexspaces.processgroups.core;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.CoreFixture.Watching;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one log: sessions go from one to the other, and nodes stop. */
class NodesTest {
    private final CoreFixture one = new CoreFixture(Duration.ofMillis(300));
    private final CoreFixture two = one.another("node-2");
    private final GroupId room = one.create("room");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private Membership member(CoreFixture node) {
        return await(node.groups.members(new Groups.MembersQuery(room, false, null, 10)))
                .members()
                .get(0);
    }

    private NodeLease reacquire(NodeLease lapsed) {
        return await(((NodeLeases) one.log).reacquire(lapsed));
    }

    private static List<Event> changes(Watching watch) {
        return watch.peer().seen().stream()
                .filter(event -> event instanceof Event.Joined || event instanceof Event.Left)
                .toList();
    }

    @Test
    void session_goesOnAtAnotherNode_unseen() {
        GroupId hall = one.create("hall");
        Watching watch = two.watch(room);
        Client before = one.connect("ann");
        Position seen = before.join(room).position();
        before.join(room);
        before.join(hall);
        String token = before.opened().resumeToken();
        before.drop();
        two.publish(room, null, "missed");

        Client after = two.connect("ann", token);
        assertThat(after.opened().resumed()).isTrue();
        assertThat(after.opened().resumeToken()).isEqualTo(token);
        assertThat(after.opened().groups()).containsExactly(hall, room);
        assertThat(member(two).joinCount()).isEqualTo(2);
        assertThat(member(two).node()).isEqualTo(new NodeId("node-2"));
        after.joinWith(room, seen, null);
        one.publish(room, null, "live");
        await().untilAsserted(() -> assertThat(after.peer().texts()).containsExactly("missed", "live"));
        assertThat(after.peer().seen(Event.Subscribed.class).get(0).recovered()).isTrue();

        assertThat(one.sessions.size()).isZero();
        await().pollDelay(Duration.ofMillis(600))
                .untilAsserted(() -> assertThat(changes(watch)).hasSize(1));
        assertThat(member(one).joinCount()).isEqualTo(2);
        after.drop();
        await().untilAsserted(() -> assertThat(changes(watch)).hasSize(2));
    }

    @Test
    void liveConnection_isClosedWhenItsSessionGoesOnElsewhere() {
        Client before = one.connect("ann");
        before.join(room);
        Client after = two.connect("ann", before.opened().resumeToken());
        await().until(() -> before.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        after.join(room);
        two.publish(room, null, "x");
        await().untilAsserted(() -> assertThat(after.peer().texts()).containsExactly("x"));
        assertThat(before.peer().texts()).isEmpty();
        assertThat(one.sessions.connected()).isZero();

        Client back = one.connect("ann", before.opened().resumeToken());
        assertThat(back.opened().resumed()).isTrue();
        await().until(() -> after.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        assertThat(member(one).joinCount()).isEqualTo(1);
    }

    @Test
    void tokenOfAnotherActorOrOfNobody_takesNothing() {
        Client before = one.connect("ann");
        before.join(room);
        Client thief = two.connect("eve", before.opened().resumeToken());
        assertThat(thief.opened().resumed()).isFalse();
        assertThat(thief.opened().resumeToken()).isNotEqualTo(before.opened().resumeToken());
        assertThat(two.connect("ann", "guessed").opened().resumed()).isFalse();
        assertThat(member(two).node()).isEqualTo(CoreFixture.NODE);
        assertThat(before.peer().isClosed()).isFalse();
    }

    @Test
    void bothConnectionsOfOneToken_atOnce_endAsOneSession() {
        Client before = one.connect("ann");
        before.join(room);
        String token = before.opened().resumeToken();
        before.drop();
        List<Resumes.Attempt> all = Resumes.atOnce("ann", token, two, two, two, two, two, two, two, two);
        assertThat(all).allMatch(attempt -> attempt.isResumed() || attempt.isReplaced());
        await().untilAsserted(() -> assertThat(all)
                .filteredOn(attempt -> !attempt.peer().isClosed())
                .hasSize(1));
        assertThat(member(two).joinCount()).isEqualTo(1);
        assertThat(two.sessions.size()).isEqualTo(1);
    }

    @Test
    void droppedSessions_areNeitherLeftNorServed_andTheNextIncarnationTakesThemOver() {
        Watching watch = two.watch(room);
        Client before = one.connect("ann");
        before.join(room);
        var lapsed = one.operations.lease();
        var next = reacquire(lapsed);
        one.sessions.dropAll(GroupException.of(ErrorCode.FENCED, "over"));

        await().until(() -> before.peer().closeCode() == ErrorCode.FENCED);
        GroupException refused = catchThrowableOfType(GroupException.class, () -> one.connect("bob"));
        assertThat(refused.code()).isEqualTo(ErrorCode.FENCED);
        one.operations.continueUnder(next);
        one.sessions.acceptAgain();
        Client after = one.connect("ann", before.opened().resumeToken());
        assertThat(after.opened().resumed()).isTrue();
        after.join(room);
        two.publish(room, null, "x");
        await().untilAsserted(() -> assertThat(after.peer().texts()).containsExactly("x"));
        await().pollDelay(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(changes(watch)).hasSize(1));
    }

    @Test
    void joinOfASessionWhoseIncarnationIsOver_isRefused() {
        Client before = one.connect("ann");
        one.operations.continueUnder(reacquire(one.operations.lease()));
        GroupException refused = catchThrowableOfType(GroupException.class, () -> before.join(room));
        assertThat(refused.code()).isEqualTo(ErrorCode.FENCED);
    }

    @Test
    void drain_tellsOneAfterTheOther_andLeavesNothing() {
        Watching watch = two.watch(room);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(one.connect("actor-" + i));
            clients.get(i).join(room);
        }
        Duration notice = Duration.ofMillis(100);
        CompletableFuture<Void> drained = one.sessions.drain(Duration.ofMillis(800), notice);

        await().pollInterval(Duration.ofMillis(5)).until(() -> told(clients) > 0);
        assertThat(told(clients)).isLessThan(4);
        GroupException refused = catchThrowableOfType(GroupException.class, () -> one.connect("late"));
        assertThat(refused.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        await().until(drained::isDone);
        assertThat(clients).allSatisfy(client -> {
            assertThat(client.peer().seen(Event.Draining.class)).containsExactly(new Event.Draining(notice));
            assertThat(client.peer().closeCode()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        });
        Client moved = two.connect("actor-0", clients.get(0).opened().resumeToken());
        assertThat(moved.opened().resumed()).isTrue();
        await().pollDelay(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(changes(watch)).hasSize(4));
        assertThat(changes(watch)).allMatch(Event.Joined.class::isInstance);
    }

    private static long told(List<Client> clients) {
        return clients.stream()
                .filter(client -> !client.peer().seen(Event.Draining.class).isEmpty())
                .count();
    }

    @Test
    void drain_withoutConnections_isDoneAtOnce() {
        assertThat(one.sessions.drain(Duration.ofMinutes(1), Duration.ofMinutes(1)))
                .isDone();
    }

    @Test
    void groupDeletedMeanwhile_isNotTakenOver() {
        GroupId hall = one.create("hall");
        Client before = one.connect("ann");
        before.join(room);
        before.join(hall);
        before.drop();
        await(two.groups.delete(hall));
        assertThat(two.connect("ann", before.opened().resumeToken()).opened().groups())
                .containsExactly(room);
        assertThat(member(two).actor()).isEqualTo(new ActorId("ann"));
    }
}

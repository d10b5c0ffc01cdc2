package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.ScriptedLog;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.NodeLease;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No member is left behind by a session that does not know of its join. */
@Waiting
class ForgottenJoinsTest {
    private static final NodeId OTHER = new NodeId("other");
    private static final ActorId ALICE = new ActorId("alice");

    private final GroupId room = GroupId.of("t", "", "room");
    private final ScriptedLog log = new ScriptedLog(room);
    private final CoreFixture core = new CoreFixture(Duration.ofMillis(300), log, new NodeLease(CoreFixture.NODE, 7));

    @AfterEach
    void close() {
        core.close();
    }

    private Client connect(String resumeToken) {
        return core.connect("alice", resumeToken, room.namespace());
    }

    /** A client whose join was made, though it received STORE_UNAVAILABLE; no node has read the entry yet. */
    private Client unanswered() {
        Client client = connect(null);
        core.watch(room);
        log.slow = true;
        log.answersLost = true;
        assertUnavailable(() -> client.join(room));
        log.answersLost = false;
        log.slow = false;
        assertThat(log.members).containsOnlyKeys(ALICE);
        return client;
    }

    /** A client of this node whose session is on the other one by now, and unknown here. */
    private Client moved() {
        Client client = connect(null);
        client.join(room);
        Owner.Session there =
                new Owner.Session(client.opened().session().owner().id(), OTHER, 1);
        Command takeOver = new Command.TakeOver(ALICE, there, OTHER);
        CoreFixture.await(log.append(room, null, takeOver, new OperationId(OTHER, 1, log.offset)));
        await().until(() -> client.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        return client;
    }

    /** Its takeover is made, though it receives STORE_UNAVAILABLE; no node has read the entry yet. */
    private void comeBackUnanswered(Client gone) {
        log.slow = true;
        log.answersLost = true;
        assertUnavailable(() -> connect(gone.opened().resumeToken()));
        log.answersLost = false;
        log.slow = false;
    }

    private static void assertUnavailable(Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(GroupException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.STORE_UNAVAILABLE));
    }

    @Test
    void join_thatWasMadeThoughItFailed_isTakenBack() {
        Client alice = unanswered();
        log.tell();
        await().until(log.members::isEmpty);
        assertThat(alice.opened().session().groups()).isEmpty();
        alice.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
    }

    @Test
    void join_thatWasMadeAfterItsSessionEnded_isTakenBack() {
        Client alice = unanswered();
        alice.drop();
        await().until(() -> core.sessions.size() == 0);
        log.tell();
        await().until(log.members::isEmpty);
    }

    @Test
    void join_thatIsJumpedOver_isTakenBack() {
        unanswered();
        log.jump();
        await().until(log.members::isEmpty);
    }

    @Test
    void join_askedForAgain_stays() {
        Client alice = unanswered();
        log.slow = true;
        log.meanwhile = log::tell;
        alice.join(room);
        log.slow = false;
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        assertThat(log.members).containsOnlyKeys(ALICE);
        alice.drop();
        await().until(log.members::isEmpty);
    }

    @Test
    void join_askedForAgainBeforeTheOtherCouldBeTakenBack_endsWithItsLeave() {
        Client alice = unanswered();
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.tell();
        log.failure = null;
        alice.join(room);
        CoreFixture.await(alice.opened().session().leave(room, true));
        core.replicas.tick();
        log.publish("late");
        core.replicas.tick();
        assertThat(log.members).isEmpty();
        assertThat(alice.peer().texts()).isEmpty();
    }

    @Test
    void join_askedForAgainBeforeTheOtherCouldBeTakenBack_isOneJoin() {
        Client alice = unanswered();
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.tell();
        log.failure = null;
        alice.join(room);
        await().until(() -> {
            core.replicas.tick();
            return log.members.get(ALICE).joinCount() == 1;
        });
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
    }

    @Test
    void takeover_thatWasMadeThoughItFailed_isThereAtTheNextAttempt() {
        Client gone = moved();
        CoreFixture.Watching watching = core.watch(room);
        comeBackUnanswered(gone);
        log.tell();
        Client back = connect(gone.opened().resumeToken());
        assertThat(back.opened().resumed()).isTrue();
        back.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(back.peer().texts()).containsExactly("live"));
        assertThat(watching.peer().seen(Event.Left.class)).isEmpty();
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);
    }

    @Test
    void takeover_thatWasMadeThoughItFailed_endsWithTheGrace() {
        Client gone = moved();
        comeBackUnanswered(gone);
        log.tell();
        await().until(log.members::isEmpty);
        assertThat(core.sessions.size()).isZero();
    }

    @Test
    void takeover_thatFailedOnce_doesNotTouchWhoComesBackLater() {
        Client gone = moved();
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        assertUnavailable(() -> connect(gone.opened().resumeToken()));
        log.failure = null;
        Client back = connect(gone.opened().resumeToken());
        back.join(room);
        Owner.Session there = new Owner.Session(back.opened().session().owner().id(), OTHER, 1);
        Command away = new Command.TakeOver(ALICE, there, OTHER);
        CoreFixture.await(log.append(room, null, away, new OperationId(OTHER, 1, log.offset)));
        await().until(() -> back.peer().closeCode() == ErrorCode.SESSION_REPLACED);

        Client again = connect(gone.opened().resumeToken());
        again.join(room);
        again.join(room);
        log.jump();
        core.replicas.tick();
        log.publish("live");
        await().untilAsserted(() -> assertThat(again.peer().texts()).contains("live"));
        assertThat(again.peer().isClosed()).isFalse();
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(2);
    }

    @Test
    void takeover_thatIsJumpedOver_isThereAtTheNextAttempt() {
        Client gone = moved();
        comeBackUnanswered(gone);
        log.jump();
        Client back = connect(gone.opened().resumeToken());
        assertThat(back.opened().groups()).containsExactly(room);
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);
        back.drop();
        await().until(log.members::isEmpty);
    }

    @Test
    void takeover_readAfterItsSessionEnded_isTakenBack() {
        Client gone = moved();
        comeBackUnanswered(gone);
        await().until(() -> core.sessions.size() == 0);
        log.tell();
        await().until(log.members::isEmpty);
    }

    @Test
    void sessionThatMovedInPart_leavesTheRestAfterTheGrace() {
        try (CoreFixture here = new CoreFixture(Duration.ofMillis(300))) {
            GroupId first = here.create("first");
            GroupId second = here.create("second");
            CoreFixture there = here.another("other");
            Client alice = here.connect("alice");
            alice.join(first);
            alice.join(second);
            String id = alice.opened().session().owner().id();
            Owner.Session owner = new Owner.Session(
                    id, new NodeId("other"), there.operations.lease().incarnation());
            Command takeOver = new Command.TakeOver(ALICE, owner, owner.node());
            CoreFixture.await(there.log.append(first, null, takeOver, there.operations.next()));
            await().until(() -> alice.peer().closeCode() == ErrorCode.SESSION_REPLACED);
            await().until(() -> members(there, second) == 0);
            assertThat(members(there, first)).isEqualTo(1);
            there.close();
        }
    }

    private static int members(CoreFixture node, GroupId group) {
        return CoreFixture.await(node.groups.members(new Groups.MembersQuery(group, false, null, 10)))
                .total();
    }
}

package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.ScriptedRoom;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sessions that change nodes while the log goes on elsewhere than its reader stood. */
class TakeoversTest extends ScriptedRoom {
    private static final NodeId OTHER = new NodeId("other");
    private static final ActorId ALICE = new ActorId("alice");

    TakeoversTest() {
        super(Duration.ofSeconds(30));
    }

    /** Another node's write. */
    private void append(Command command) {
        CoreFixture.await(log.append(room, null, command, new OperationId(OTHER, 1, log.offset)));
    }

    private Owner.Session onOther(Client client) {
        return new Owner.Session(client.opened().session().owner().id(), OTHER, 1);
    }

    /** A client of this node whose session is on the other one by now, and unknown here. */
    private Client gone() {
        Client client = member("alice");
        append(new Command.TakeOver(ALICE, onOther(client), OTHER));
        await().until(() -> client.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        return client;
    }

    private CompletableFuture<Client> comingBack(Client gone) {
        return CompletableFuture.supplyAsync(
                () -> core.connect("alice", gone.opened().resumeToken(), room.namespace()));
    }

    private List<Owner> owners() {
        return log.members.get(ALICE).holdings().stream()
                .map(held -> held.owner())
                .toList();
    }

    /** Whether the log has the joins on this node again. */
    private boolean isHere() {
        return owners().size() == 1
                && owners().get(0) instanceof Owner.Session owner
                && owner.node().equals(CoreFixture.NODE);
    }

    @Test
    void takeover_whoseEntryIsJumpedOver_hasItsSeat() {
        Client gone = gone();
        log.heard = false;
        CompletableFuture<Client> coming = comingBack(gone);
        await().until(this::isHere);
        assertThat(coming).isNotDone();
        log.jump();

        Client back = coming.join();
        assertThat(back.opened().resumed()).isTrue();
        assertThat(back.opened().groups()).containsExactly(room);
        back.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(back.peer().texts()).containsExactly("live"));
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);
    }

    @Test
    void takeover_whoseEntryNeverComes_isRefusedBeforeLong_andGoesOnAtTheNextAttempt() {
        Client gone = gone();
        log.heard = false;
        CompletableFuture<Client> coming = comingBack(gone);
        await().until(() -> {
            core.replicas.tick();
            return coming.isDone();
        });
        assertThat(coming)
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOfSatisfying(GroupException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.STORE_UNAVAILABLE));
        log.jump();
        Client back = comingBack(gone).join();
        assertThat(back.opened().resumed()).isTrue();
        back.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(back.peer().texts()).containsExactly("live"));
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);
    }

    @Test
    void takeover_acceptedByALifeThatIsLost_beginsASessionAnew() {
        Client gone = gone();
        log.heard = false;
        CompletableFuture<Client> coming = comingBack(gone);
        await().until(this::isHere);
        log.lose("second");
        log.jump();

        Client anew = coming.join();
        assertThat(anew.opened().resumed()).isFalse();
        anew.join(room);
        log.publish("live");
        await().untilAsserted(() -> assertThat(anew.peer().texts()).containsExactly("live"));
        assertThat(owners()).containsExactly(anew.opened().session().owner());
    }

    @Test
    void takeover_underWayWhenAnotherLifeBegins_isNotTakenForForgotten() {
        Client gone = gone();
        log.heard = false;
        log.holding = true;
        CompletableFuture<Client> coming = comingBack(gone);
        await().until(() -> log.held() == 1);
        log.epoch = "forked";
        log.jump();
        log.holding = false;
        log.answer();

        Client back = coming.join();
        assertThat(back.opened().groups()).containsExactly(room);
        assertThat(owners()).containsExactly(back.opened().session().owner());
    }

    @Test
    void sessionThatMovedInAHole_isLetGo() {
        Client alice = member("alice");
        log.heard = false;
        append(new Command.TakeOver(ALICE, onOther(alice), OTHER));
        log.jump();
        await().until(() -> alice.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        assertThat(core.sessions.size()).isZero();
        assertThat(owners()).containsExactly(onOther(alice));
    }

    @Test
    void sessionThatIsElsewhereInAnotherLife_isLetGo() {
        Client alice = member("alice");
        log.heard = false;
        log.lose("second");
        append(new Command.Join(List.of(ALICE), TopicFilter.ALL, onOther(alice), OTHER, null));
        log.jump();
        await().until(() -> alice.peer().closeCode() == ErrorCode.SESSION_REPLACED);
        assertThat(owners()).containsExactly(onOther(alice));
    }

    @Test
    void joinOfTheSameSessionElsewhere_leavesAloneWhoeverStillHoldsOne() {
        Client alice = member("alice");
        append(new Command.Join(List.of(ALICE), TopicFilter.ALL, onOther(alice), OTHER, null));
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        assertThat(alice.opened().session().groups()).containsExactly(room);
    }

    @Test
    void droppedSessions_areNotMadeMembersOfAnotherLife() {
        Client alice = member("alice");
        core.sessions.dropAll(GroupException.of(ErrorCode.FENCED, "over"));
        int before = log.appended.size();
        log.lose("second");
        log.jump();
        core.replicas.tick();
        assertThat(log.members).isEmpty();
        assertThat(log.appended).hasSize(before);
        assertThat(alice.opened().session().groups()).isEmpty();
        await().until(() -> alice.peer().closeCode() == ErrorCode.FENCED);
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
    }

    @Test
    void joinsOfANodeThatIsTakenForDead_endItsSessionsHere() {
        Client alice = member("alice");
        Owner owner = alice.opened().session().owner();
        append(new Command.Leave(ALICE, owner, true, LeaveReason.NODE_DOWN));
        await().untilAsserted(
                        () -> assertThat(alice.peer().seen(Event.Left.class)).hasSize(1));
        assertThat(alice.opened().session().groups()).isEmpty();
    }
}

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
import io.plexspaces.processgroups.log.Command;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Evictions by another node, while this one reads its log late, or has been cut off from it, or makes joins again. */
class EvictionsTest extends ScriptedRoom {
    private static final ActorId ALICE = new ActorId("alice");

    EvictionsTest() {
        super(Duration.ofSeconds(30));
    }

    private void evict() {
        Command evict = new Command.Leave(ALICE, null, true, LeaveReason.EVICTED);
        CoreFixture.await(log.append(room, null, evict, new OperationId(new NodeId("other"), 1, log.offset)));
    }

    /** What its client sees of the end. */
    private static void ends(Client alice, LeaveReason reason) {
        await().untilAsserted(() -> assertThat(alice.peer().seen(Event.Left.class))
                .extracting(Event.Left::reason)
                .containsExactly(reason));
        assertThat(alice.peer().isClosed()).isFalse();
    }

    /** Nothing here joins in its name, whatever is done regularly. */
    private void staysOut(Client alice) {
        for (int i = 0; i < 3; i++) {
            core.replicas.tick();
            log.jump();
        }
        assertThat(memberNames()).isEmpty();
        assertThat(log.members).isEmpty();
        log.publish("to nobody");
        core.publish(room, null, "neither");
        assertThat(alice.peer().texts()).isEmpty();
        assertThat(core.sessions.size()).isEqualTo(1);
    }

    /** A client whose join the store has lost, and cannot be made again for now; another node has joined it, too. */
    private Client lost() {
        Client alice = member("alice");
        log.heard = false;
        log.lose("second");
        log.joinElsewhere("alice");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.jump();
        log.failure = null;
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);
        return alice;
    }

    @Test
    void entryThatIsReadLate_endsTheSeat() {
        Client alice = member("alice");
        log.slow = true;
        evict();
        core.replicas.tick();
        assertThat(log.members).isEmpty();
        log.slow = false;
        log.tell();
        ends(alice, LeaveReason.EVICTED);
        staysOut(alice);
    }

    @Test
    void entryThatIsJumpedOver_endsTheSeat() {
        Client alice = member("alice");
        log.heard = false;
        evict();
        core.replicas.tick();
        log.jump();
        ends(alice, LeaveReason.LEFT);
        staysOut(alice);
    }

    @Test
    void entryThatIsJumpedOver_underAnotherEpochOfTheSameLog_endsTheSeat() {
        Client alice = member("alice");
        log.heard = false;
        evict();
        log.jumpOn("second");
        ends(alice, LeaveReason.LEFT);
        staysOut(alice);
    }

    @Test
    void joinsThatWereLost_areNotMadeAgain() {
        Client alice = lost();
        evict();
        ends(alice, LeaveReason.EVICTED);
        staysOut(alice);
    }

    /** It was banned while the store knew nothing of its join: no entry says so. */
    @Test
    void joinsThatWereLost_ofAnActorThatIsBannedMeanwhile_areGivenUp() {
        Client alice = member("alice");
        log.heard = false;
        log.lose("second");
        log.failure = GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away");
        log.jump();
        int tries = log.appended.size();
        log.failure = GroupException.banned(room, ALICE, Duration.ofMinutes(1));
        core.replicas.tick();
        ends(alice, LeaveReason.EVICTED);
        assertThat(log.appended).hasSize(tries + 1);
        core.replicas.tick();
        assertThat(log.appended).hasSize(tries + 1);
        log.failure = null;
        staysOut(alice);
    }

    @Test
    void joinThatIsMadeAgain_afterAnEvictionThatWasNotReadYet_ends() {
        Client alice = lost();
        log.slow = true;
        evict();
        core.replicas.tick();
        assertThat(log.members).containsOnlyKeys(ALICE);
        log.slow = false;
        log.tell();
        await().until(() -> log.members.isEmpty());
        ends(alice, LeaveReason.EVICTED);
        staysOut(alice);
    }
}

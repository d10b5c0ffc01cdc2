package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.ScriptedRoom;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A store that loses joins, or brings older ones back: they say what they said last. */
class LostMetadataTest extends ScriptedRoom {
    private static final ActorId ALICE = new ActorId("alice");
    private static final JoinMetadata IDLE = new JoinMetadata(Map.of("state", "idle"));
    private static final JoinMetadata TYPING = new JoinMetadata(Map.of("state", "typing"));

    LostMetadataTest() {
        super(Duration.ofMinutes(1));
    }

    private Client alice(JoinMetadata metadata) {
        Client client = core.connect("alice", null, room.namespace());
        MetadataTest.join(client, room, metadata);
        return client;
    }

    private JoinMetadata said(Client client) {
        Membership alice = log.members.get(ALICE);
        return alice == null
                ? new JoinMetadata(Map.of("state", "absent"))
                : alice.metadata(client.opened().session().owner());
    }

    @Test
    void joinsThatAreMadeAgain_sayWhatTheySaid() {
        Client alice = alice(IDLE);
        MetadataTest.update(alice, room, TYPING);
        log.lose("second");
        log.jump();
        await().untilAsserted(() -> assertThat(said(alice)).isEqualTo(TYPING));
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);
    }

    @Test
    void olderMetadataThatComesBack_isReplaced() {
        Client alice = alice(IDLE);
        Membership older = log.members.get(ALICE);
        MetadataTest.update(alice, room, TYPING);
        log.lose("second");
        log.members.put(ALICE, older);
        log.jump();
        await().untilAsserted(() -> assertThat(said(alice)).isEqualTo(TYPING));
        assertThat(log.members.get(ALICE).joinCount()).isEqualTo(1);

        MetadataTest.update(alice, room, JoinMetadata.NONE);
        log.lose("third");
        log.members.put(ALICE, older);
        log.jump();
        await().untilAsserted(() -> assertThat(said(alice)).isEqualTo(JoinMetadata.NONE));
    }

    @Test
    void updateThatWasAcceptedByALifeThatIsLost_isMadeAgain() {
        Client alice = alice(IDLE);
        log.heard = false;
        CompletableFuture<Groups.UpdateResult> updating =
                alice.opened().session().update(room, TYPING).subscribeAsCompletionStage();
        await().until(() -> said(alice).equals(TYPING));
        assertThat(updating).isNotDone();
        log.lose("second");
        log.jump();
        updating.join();
        await().untilAsserted(() -> assertThat(said(alice)).isEqualTo(TYPING));
    }

    @Test
    void updateWhileJoinsAreMadeAgain_comesAfterThem() {
        Client alice = alice(IDLE);
        log.lose("second");
        log.holding = true;
        log.jump();
        await().until(() -> log.held() > 0);
        CompletableFuture<Groups.UpdateResult> updating =
                alice.opened().session().update(room, TYPING).subscribeAsCompletionStage();
        assertThat(updating).isNotDone();
        log.holding = false;
        log.answer();
        updating.join();
        assertThat(said(alice)).isEqualTo(TYPING);
        CoreFixture.await(alice.opened().session().leave(room, true));
        assertThat(log.members).isEmpty();
    }
}

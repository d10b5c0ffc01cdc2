package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.ScriptedRoom;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Subscriptions that see members, while this server misses a part of the log, or the store loses it. */
class LostPresenceTest extends ScriptedRoom {
    LostPresenceTest() {
        super(Duration.ofMinutes(1));
    }

    private Client sees(String actor, Presence presence) {
        Client client = core.connect(actor, null, room.namespace());
        client.seeing(room, presence, null, JoinMetadata.NONE);
        return client;
    }

    private void joinElsewhere(String actor) {
        NodeId other = new NodeId("other");
        Command join =
                new Command.Join(List.of(new ActorId(actor)), TopicFilter.ALL, new Owner.Durable(other), other, null);
        log.append(room, null, join, new OperationId(other, 1, log.offset))
                .await()
                .atMost(Duration.ofSeconds(1));
    }

    private static List<String> names(Event.Members members) {
        return members.members().stream().map(member -> member.actor().value()).toList();
    }

    @Test
    void hole_isAGapOfChanges_theMembersAnew_andTheMessages() {
        Client alice = sees("alice", Presence.MEMBERS);
        Client plain = member("bob");
        log.heard = false;
        joinElsewhere("carol");
        log.publish("missed");
        log.jump();
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("missed", "live"));
        assertThat(alice.peer().seen(Event.Gap.class))
                .containsExactly(new Event.Gap(room, Event.Gap.Reason.MEMBERS, 2, false, 3, 6));
        assertThat(alice.peer().seen(Event.Members.class)).hasSize(1);
        Event.Members members = alice.peer().seen(Event.Members.class).get(0);
        assertThat(names(members)).containsExactly("alice", "bob", "carol");
        assertThat(members.position().offset()).isEqualTo(5);
        assertThat(alice.peer().seen().indexOf(members))
                .isLessThan(alice.peer().seen().size() - 2);
        assertThat(plain.peer().seen(Event.Members.class)).isEmpty();
        assertThat(plain.peer().seen(Event.Gap.class)).isEmpty();

        joinElsewhere("dora");
        await().untilAsserted(() -> assertThat(alice.peer().seen(Event.Joined.class))
                .extracting(joined -> joined.membership().actor().value())
                .containsExactly("bob", "dora"));
    }

    @Test
    void sameLogUnderAnotherEpoch_missesNothing() {
        Client alice = sees("alice", Presence.MEMBERS);
        log.goOn("second");
        joinElsewhere("carol");
        await().untilAsserted(
                        () -> assertThat(alice.peer().seen(Event.Joined.class)).hasSize(1));
        assertThat(alice.peer().seen(Event.Gap.class)).isEmpty();
        assertThat(alice.peer().seen(Event.Subscribed.class)).hasSize(2);
        assertThat(alice.peer().seen(Event.Members.class)).isEmpty();
    }

    @Test
    void logThatIsLost_beginsWithTheMembersThereAre_andTheOthersJoinAgain() {
        Client alice = sees("alice", Presence.MEMBERS);
        Client bob = member("bob");
        Client count = sees("count", Presence.COUNT);
        log.lose("second");
        log.jump();
        await().untilAsserted(() ->
                assertThat(log.members.keySet()).extracting(ActorId::value).containsExactly("alice", "bob", "count"));
        log.publish("live");
        await().untilAsserted(() -> assertThat(alice.peer().texts()).containsExactly("live"));
        List<Event.Subscribed> begun = alice.peer().seen(Event.Subscribed.class);
        assertThat(begun).hasSize(2);
        List<String> known = new java.util.ArrayList<>(names(begun.get(1).snapshot()));
        boolean after = false;
        for (Event event : alice.peer().seen()) {
            after |= event == begun.get(1);
            if (after && event instanceof Event.Joined joined) {
                known.add(joined.membership().actor().value());
            }
        }
        assertThat(known).containsExactlyInAnyOrder("alice", "bob", "count");
        assertThat(bob.peer().texts()).containsExactly("live");
        core.replicas.tick();
        core.replicas.tick();
        await().untilAsserted(() -> assertThat(count.peer().seen(Event.MemberCount.class))
                .last()
                .extracting(Event.MemberCount::count)
                .isEqualTo(3));
    }
}

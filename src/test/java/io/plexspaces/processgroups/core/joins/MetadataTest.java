package io.plexspaces.processgroups.core.joins;

import static io.plexspaces.processgroups.core.CoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.CoreFixture.Client;
import io.plexspaces.processgroups.core.CoreFixture.Watching;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Presence;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What members say, as watches see it, on two nodes. */
class MetadataTest {
    private static final ActorId ANN = new ActorId("ann");
    private static final JoinMetadata IDLE = new JoinMetadata(Map.of("state", "idle"));
    private static final JoinMetadata TYPING = new JoinMetadata(Map.of("state", "typing"));

    private final CoreFixture one = new CoreFixture(Duration.ofMillis(300));
    private final CoreFixture two = one.another("node-2");
    private final GroupId room = one.create("room");

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    static void join(Client client, GroupId group, JoinMetadata metadata) {
        await(client.opened()
                .session()
                .join(
                        client.connection(),
                        new Session.Wish(
                                group,
                                TopicFilter.ALL,
                                null,
                                null,
                                false,
                                null,
                                false,
                                metadata,
                                Presence.NONE,
                                null)));
    }

    static void update(Client client, GroupId group, JoinMetadata metadata) {
        await(client.opened().session().update(group, metadata));
    }

    private static void joinDurably(CoreFixture node, GroupId group, JoinMetadata metadata) {
        await(node.groups.join(
                new Groups.JoinRequest(group, List.of(ANN), TopicFilter.ALL, null, null, null, metadata, null)));
    }

    private static List<JoinMetadata> said(Membership membership) {
        return membership.holdings().stream().map(Membership.Holding::metadata).toList();
    }

    private static Membership member(CoreFixture node, GroupId group) {
        return await(node.groups.members(new Groups.MembersQuery(group, false, null, 10)))
                .members()
                .get(0);
    }

    /** Everything after the snapshot, shortly. */
    private static List<String> changes(Watching watch) {
        return watch.peer().seen().stream()
                .filter(event -> !(event instanceof Event.Members))
                .map(MetadataTest::shown)
                .toList();
    }

    private static String shown(Event event) {
        if (event instanceof Event.Updated updated) {
            return "updated " + updated.offset() + " "
                    + said(updated.membership()).stream()
                            .map(metadata -> metadata.values().getOrDefault("state", "-"))
                            .toList();
        }
        return event.getClass().getSimpleName();
    }

    @Test
    void watch_seesEachChangeOfWhatIsSaid_andNoOther() {
        Watching watch = two.watch(room);
        Client ann = one.connect("ann");
        join(ann, room, IDLE);
        join(ann, room, JoinMetadata.NONE);
        update(ann, room, TYPING);
        update(ann, room, TYPING);
        joinDurably(one, room, JoinMetadata.NONE);
        joinDurably(one, room, IDLE);
        await(ann.opened().session().leave(room, false));
        await(ann.opened().session().leave(room, false));
        update(two, IDLE);
        update(two, JoinMetadata.NONE);
        one.leave(room, "ann");
        one.leave(room, "ann");
        await().untilAsserted(() -> assertThat(changes(watch))
                .containsExactly(
                        "Joined",
                        "updated 4 [typing]",
                        "updated 6 [typing, idle]",
                        "updated 8 [idle]",
                        "updated 9 [-]",
                        "Left"));
    }

    private void update(CoreFixture node, JoinMetadata metadata) {
        await(node.groups.update(new Groups.UpdateRequest(room, ANN, null, null, metadata)));
    }

    @Test
    void metadata_goesWithItsSessionToAnotherNode_unseen() {
        Client before = one.connect("ann");
        join(before, room, TYPING);
        Watching watch = two.watch(room);
        before.drop();
        Client after = two.connect("ann", before.opened().resumeToken());
        after.join(room);
        assertThat(said(member(one, room))).containsExactly(TYPING);
        update(after, room, IDLE);
        await().untilAsserted(() -> assertThat(changes(watch)).hasSize(1));
        assertThat(changes(watch).get(0)).endsWith("[idle]");
        assertThat(said(member(two, room))).containsExactly(IDLE);
    }

    @Test
    void resumed_withOtherMetadata_saysThat() {
        Client before = one.connect("ann");
        join(before, room, TYPING);
        before.drop();
        Client after = one.connect("ann", before.opened().resumeToken());
        join(after, room, IDLE);
        assertThat(said(member(one, room))).containsExactly(IDLE);
        assertThat(member(one, room).joinCount()).isEqualTo(1);
    }

    @Test
    void updates_areBounded_forEachSession() {
        Client ann = one.connect("ann");
        Client bob = one.connect("bob");
        join(ann, room, IDLE);
        join(bob, room, IDLE);
        GroupException refused = catchThrowableOfType(GroupException.class, () -> {
            for (int i = 0; i < 1_000; i++) {
                update(ann, room, i % 2 == 0 ? TYPING : IDLE);
            }
        });
        assertThat(refused.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        assertThat(refused.field()).isEqualTo("session.updates");
        assertThat(refused.retryAfter()).isPositive();
        update(bob, room, TYPING);
    }
}

package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Erlang's {@code pg}, case by case. */
@QuarkusTest
class PgBehaviourTest extends LiveServer {
    private static final int MANY = 10_000;

    @Inject
    Sessions sessions;

    @Test
    void leave_byAStranger_changesNothing() {
        client.create("pg");
        long offset = client.join("pg", "ann").getOffset();
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> client.leave("pg", "stranger"));
        assertThat(client.members("pg")).containsExactly("ann");
        assertThat(client.publish("pg", "", "next").getOffset()).isEqualTo(offset + 1);
    }

    @Test
    void doubleJoin_isListedOnce_withCountTwo() {
        client.create("pg");
        client.join("pg", "ann");
        client.join("pg", "ann");
        assertThat(client.memberships("pg")).singleElement().satisfies(member -> {
            assertThat(member.getActorId()).isEqualTo("ann");
            assertThat(member.getJoinCount()).isEqualTo(2);
        });
        assertThat(client.membersPage("pg", 0, "").getTotalCount()).isEqualTo(1);
        assertThat(client.list("pg", 0, "").getGroups(0).getMemberCount()).isEqualTo(1);
        assertThat(client.publish("pg", "", "once").getRecipientIdsList()).containsExactly("ann");
    }

    @Test
    void oneBadIdInABatch_joinsNone() {
        client.create("pg");
        assertFails(
                "INVALID_ARGUMENT",
                Status.Code.INVALID_ARGUMENT,
                () -> client.join(batch("ann", "bob", "not an id", "cid")));
        assertThat(client.members("pg")).isEmpty();

        var joined = client.join(batch("ann", "bob", "cid"));
        assertThat(client.members("pg")).containsExactly("ann", "bob", "cid");
        assertThat(client.publish("pg", "", "next").getOffset()).isEqualTo(joined.getOffset() + 1);
    }

    private static JoinGroupRequest.Builder batch(String... actors) {
        return JoinGroupRequest.newBuilder().setGroupName("pg").addAllActorIds(List.of(actors));
    }

    @Test
    void monitor_showsASnapshot_thenEveryChangeInOrder() {
        client.create("pg");
        client.join("pg", "ann", "a");
        long known = client.join("pg", "bob").getOffset();
        var watch = client.watch("pg");
        Event snapshot = watch.events().get(0);
        assertThat(snapshot.getOffset()).isEqualTo(known);
        assertThat(snapshot.getSnapshot().getLast()).isTrue();
        assertThat(snapshot.getSnapshot().getMembersList())
                .extracting(GroupMembership::getActorId)
                .containsExactly("ann", "bob");

        client.join("pg", "ann", "b");
        client.join("pg", "ann", "a");
        client.join("pg", "cid");
        client.leave("pg", "bob");
        client.leave("pg", "ann");
        client.publish("pg", "", "watches hear no messages");
        client.delete("pg");

        assertThat(watch.awaitEnd().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        List<Event> changes = watch.eventsFrom(1);
        assertThat(changes)
                .extracting(PgBehaviourTest::told)
                .containsExactly("filter ann", "joined cid", "left bob", "left ann", "left cid", "deleted");
        assertThat(changes.get(0).getFilterChanged().getTopicsList()).containsExactly("a", "b");
        assertThat(changes.get(0).getFilterChanged().getJoinCount()).isEqualTo(2);
        assertThat(changes.stream()
                        .filter(Event::hasLeft)
                        .filter(e -> e.getLeft().getReason() == LeaveReason.LEFT))
                .extracting(e -> e.getLeft().getActorId())
                .containsExactly("bob");
        assertThat(changes).extracting(Event::getOffset).isSorted();
    }

    private static String told(Event event) {
        return switch (event.getKindCase()) {
            case JOINED -> "joined " + event.getJoined().getActorId();
            case LEFT -> "left " + event.getLeft().getActorId();
            case FILTER_CHANGED -> "filter " + event.getFilterChanged().getActorId();
            case GROUP_CREATED -> "created " + event.getGroupName();
            case GROUP_DELETED -> "deleted";
            default -> event.getKindCase().name();
        };
    }

    @Test
    void watcherThatIsAMember_dies_othersSeeItLeave() {
        EventStream.patiently().until(() -> sessions.connected() == 0);
        client.create("pg");
        client.create("elsewhere");
        GrpcClient mortal = newClient();
        GrpcSession session = mortal.session("mortal");
        session.ask(SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName("pg")));
        session.ask(
                SessionRequest.newBuilder().setWatch(WatchRequest.newBuilder().setGroupName("pg")));
        session.ask(
                SessionRequest.newBuilder().setWatch(WatchRequest.newBuilder().setGroupName("elsewhere")));
        GrpcSession survivor = client.session("survivor");
        survivor.ask(SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName("pg")));
        survivor.ask(
                SessionRequest.newBuilder().setWatch(WatchRequest.newBuilder().setGroupName("pg")));

        assertThat(sessions.connected()).isEqualTo(2);
        mortal.close();
        EventStream.patiently().until(() -> sessions.connected() == 1);
        client.join("pg", "noise");
        client.join("elsewhere", "noise");
        Event left = survivor.stream().awaitEvent(Event::hasLeft);

        assertThat(left.getLeft().getActorId()).isEqualTo("mortal");
        assertThat(left.getLeft().getReason()).isEqualTo(LeaveReason.DISCONNECTED);
        assertThat(client.members("pg")).containsExactly("noise", "survivor");
        assertThat(survivor.events()).filteredOn(Event::hasLeft).hasSize(1);
        assertThat(session.events())
                .noneMatch(event -> event.hasLeft()
                        || event.hasJoined() && event.getJoined().getActorId().equals("noise"));
    }

    @Test
    void emptiedGroup_stays_andRecreatedIsNew() {
        String epoch = client.create("pg").getEpoch();
        client.join("pg", "ann");
        client.leave("pg", "ann");
        assertThat(client.members("pg")).isEmpty();
        assertThat(client.publish("pg", "", "to nobody").getRecipientsCount()).isZero();
        assertFails("GROUP_EXISTS", Status.Code.ALREADY_EXISTS, () -> client.create("pg"));
        assertThat(client.join("pg", "bob").getEpoch()).isEqualTo(epoch);

        client.delete("pg");
        String again = client.create("pg").getEpoch();
        assertThat(again).isNotEqualTo(epoch);
        assertThat(client.members("pg")).isEmpty();
        var watch = client.watch("pg");
        assertThat(watch.events().get(0).getSnapshot().getMembersCount()).isZero();
        assertThat(watch.events().get(0).getSnapshot().getEpoch()).isEqualTo(again);
        client.join("pg", "bob");
        assertThat(watch.awaitEvent(Event::hasJoined).getJoined().getJoinCount())
                .isEqualTo(1);
        assertThat(client.publish("pg", "", "to bob").getRecipientIdsList()).containsExactly("bob");
    }

    @Test
    void manyGroupsAtOnce() {
        List<String> names = IntStream.range(0, MANY)
                .mapToObj(i -> "group-%05d".formatted(i))
                .toList();
        Load.<Object>start(
                        MANY,
                        200,
                        (i, reply) -> client.streams.createGroup(
                                CreateGroupRequest.newBuilder()
                                        .setTenantId(tenant)
                                        .setGroupName(names.get(i))
                                        .build(),
                                reply.as(answer -> answer)))
                .awaitAnswers();
        Load.<Object>start(
                        MANY,
                        200,
                        (i, reply) -> client.streams.joinGroup(
                                JoinGroupRequest.newBuilder()
                                        .setTenantId(tenant)
                                        .setGroupName(names.get(i))
                                        .setActorId("ann")
                                        .build(),
                                reply.as(answer -> answer)))
                .awaitAnswers();

        List<ProcessGroup> listed = listed();
        assertThat(listed).extracting(ProcessGroup::getGroupName).isEqualTo(names);
        assertThat(listed).allMatch(group -> group.getMemberCount() == 1);
        for (int i = 0; i < MANY; i += 1000) {
            assertThat(client.publish(PublishToGroupRequest.newBuilder().setGroupName(names.get(i)), "x")
                            .getRecipientIdsList())
                    .containsExactly("ann");
        }

        List<Boolean> existed = Load.<Boolean>start(
                        MANY,
                        200,
                        (i, reply) -> client.streams.deleteGroup(
                                DeleteGroupRequest.newBuilder()
                                        .setTenantId(tenant)
                                        .setGroupName(names.get(i))
                                        .build(),
                                reply.as(answer -> answer.getExisted())))
                .awaitAnswers();
        assertThat(existed).doesNotContain(false);
        assertThat(client.list("", 0, "").getTotalCount()).isZero();
    }

    private List<ProcessGroup> listed() {
        List<ProcessGroup> all = new ArrayList<>();
        String token = "";
        do {
            ListGroupsResponse page = client.list("", 1000, token);
            assertThat(page.getTotalCount()).isEqualTo(MANY);
            all.addAll(page.getGroupsList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return all;
    }

    @Test
    void namespaceWatch_seesGroupsComeAndGo_withTheirMembers() {
        client.create("old");
        client.join("old", "ann");
        client.in("aside").create("unseen");
        var watch = client.watchNamespace();
        assertThat(watch.awaitEvent(Event::hasSnapshot).getSnapshot().getMembersList())
                .extracting(GroupMembership::getActorId)
                .containsExactly("ann");

        client.create("new");
        watch.awaitEvent(event -> event.hasSnapshot() && event.getGroupName().equals("new"));
        client.join("new", "bob");
        client.leave("new", "bob");
        client.join("old", "cid");
        client.in("aside").join("unseen", "dan");
        client.delete("old");
        client.delete("new");
        client.create("new");
        watch.awaitEvents(13);

        assertThat(toldOf(watch.events(), "old"))
                .containsExactly("created old", "SNAPSHOT", "joined cid", "left ann", "left cid", "deleted");
        assertThat(toldOf(watch.events(), "new"))
                .containsExactly(
                        "created new", "SNAPSHOT", "joined bob", "left bob", "deleted", "created new", "SNAPSHOT");
        assertThat(watch.events()).noneMatch(event -> event.getGroupName().equals("unseen"));
    }

    private static List<String> toldOf(List<Event> events, String group) {
        return events.stream()
                .filter(event -> event.getGroupName().equals(group))
                .map(PgBehaviourTest::told)
                .toList();
    }
}

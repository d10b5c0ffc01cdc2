package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What process groups promise by their examples, to callers and to live subscribers of both protocols. */
@QuarkusTest
class SeedExamplesTest extends LiveServer {
    @Test
    void broadcast_reachesEveryMember() {
        client.create("config-updates");
        var first = client.subscribe("config-updates", "actor-1");
        WsClient second = browse("config-updates", "actor-2");
        client.join("config-updates", "actor-3");

        PublishToGroupResponse published = client.publish("config-updates", "", "New config deployed");

        assertThat(published.getRecipientIdsList()).containsExactlyInAnyOrder("actor-1", "actor-2", "actor-3");
        assertThat(published.getRecipientsCount()).isEqualTo(3);
        assertThat(published.getFailuresCount()).isZero();
        assertThat(published.getRecipientsPerNodeMap().values()).containsExactly(3);
        assertThat(first.awaitTexts(1)).containsExactly("New config deployed");
        assertThat(second.awaitTexts(1)).containsExactly("New config deployed");
        assertThat(first.awaitEvent(Event::hasMessage).getOffset()).isEqualTo(published.getOffset());
        assertThat(second.awaitJson("/message").get("offset").asLong()).isEqualTo(published.getOffset());
    }

    @Test
    void topics_selectRecipients() {
        client.create("events");
        WsClient login = browse("events", "actor-1", "user.login");
        var logout = client.subscribe("events", "actor-2", "user.logout");
        var everything = client.subscribe("events", "actor-3");
        WsClient users = browse("events", "actor-4", "user.*");
        var deep = client.subscribe("events", "actor-5", "user.>");

        assertThat(recipients("user.login", "in"))
                .containsExactlyInAnyOrder("actor-1", "actor-3", "actor-4", "actor-5");
        assertThat(recipients("user.logout", "out"))
                .containsExactlyInAnyOrder("actor-2", "actor-3", "actor-4", "actor-5");
        assertThat(recipients("user.login.failed", "deep")).containsExactlyInAnyOrder("actor-3", "actor-5");
        assertThat(recipients("user.log", "prefix")).containsExactlyInAnyOrder("actor-3", "actor-4", "actor-5");
        assertThat(recipients("user", "short")).containsExactly("actor-3");
        assertThat(recipients("", "all"))
                .containsExactlyInAnyOrder("actor-1", "actor-2", "actor-3", "actor-4", "actor-5");

        assertThat(login.awaitTexts(2)).containsExactly("in", "all");
        assertThat(logout.awaitTexts(2)).containsExactly("out", "all");
        assertThat(everything.awaitTexts(6)).containsExactly("in", "out", "deep", "prefix", "short", "all");
        assertThat(users.awaitTexts(4)).containsExactly("in", "out", "prefix", "all");
        assertThat(deep.awaitTexts(5)).containsExactly("in", "out", "deep", "prefix", "all");
    }

    private List<String> recipients(String topic, String text) {
        PublishToGroupResponse published = client.publish("events", topic, text);
        assertThat(published.getRecipientsCount()).isEqualTo(published.getRecipientIdsCount());
        return published.getRecipientIdsList();
    }

    @Test
    void joins_countAndMergeTopics_andTakeAsManyLeaves() {
        client.create("events");
        assertThat(client.join("events", "actor-1", "user.login").getJoinCount())
                .isEqualTo(1);
        assertThat(client.join("events", "actor-1", "user.logout").getJoinCount())
                .isEqualTo(2);

        GroupMembership merged = onlyMembership();
        assertThat(merged.getJoinCount()).isEqualTo(2);
        assertThat(merged.getTopicsList()).containsExactly("user.login", "user.logout");
        assertThat(merged.getTenantId()).isEqualTo(tenant);
        assertThat(merged.getNamespace()).isEqualTo("default");
        assertThat(recipients("user.login", "1")).containsExactly("actor-1");
        assertThat(recipients("user.logout", "2")).containsExactly("actor-1");
        assertThat(recipients("config", "3")).isEmpty();

        assertThat(client.leave("events", "actor-1").getJoinCount()).isEqualTo(1);
        assertThat(recipients("user.login", "4")).containsExactly("actor-1");
        assertThat(recipients("user.logout", "5")).containsExactly("actor-1");
        assertThat(client.leave("events", "actor-1").getJoinCount()).isZero();
        assertThat(client.members("events")).isEmpty();
        assertThat(recipients("", "6")).isEmpty();
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> client.leave("events", "actor-1"));
    }

    @Test
    void joinWithoutTopics_absorbsTopics_untilTheMembershipEnds() {
        client.create("events");
        client.join("events", "actor-1", "user.login");
        client.join("events", "actor-1");
        assertThat(onlyMembership().getTopicsList()).isEmpty();
        assertThat(recipients("config", "1")).containsExactly("actor-1");
        client.join("events", "actor-1", "user.logout");
        assertThat(recipients("config", "2")).containsExactly("actor-1");

        client.leave(LeaveGroupRequest.newBuilder()
                .setGroupName("events")
                .setActorId("actor-1")
                .setAll(true));
        assertThat(client.members("events")).isEmpty();
        client.join("events", "actor-1", "user.login");
        assertThat(recipients("config", "3")).isEmpty();
    }

    @Test
    void liveJoins_deliverOnce_untilTheLastLeave() {
        client.create("events");
        GrpcSession session = client.session("actor-1");
        session.ask(join("user.login"));
        assertThat(session.ask(join("user.logout")).getJoined().getJoinCount()).isEqualTo(2);
        client.publish("events", "user.login", "1");
        client.publish("events", "user.logout", "2");
        session.ask(leave());
        client.publish("events", "user.login", "3");
        session.ask(leave());
        assertThat(recipients("user.login", "4")).isEmpty();
        assertThat(session.ask(leave()).getError().getReason()).isEqualTo("NOT_A_MEMBER");
        assertThat(session.stream().texts()).containsExactly("1", "2", "3");
    }

    private static SessionRequest.Builder join(String topic) {
        return SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName("events").addTopics(topic));
    }

    private static SessionRequest.Builder leave() {
        return SessionRequest.newBuilder()
                .setLeave(LeaveGroupRequest.newBuilder().setGroupName("events"));
    }

    private GroupMembership onlyMembership() {
        List<GroupMembership> all = client.memberships("events");
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void localMembers_areThoseOfThisNode() {
        client.create("events");
        client.join("events", "here");
        client.join(onNode("there", "node-2"));
        client.join(onNode("both", "node-2"));
        client.join("events", "both");
        var live = client.subscribe("events", "live");

        assertThat(client.members("events")).containsExactly("both", "here", "live", "there");
        var local = client.calls.getLocalMembers(GetLocalMembersRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("events")
                .build());
        assertThat(local.getMemberIdsList()).containsExactly("both", "here", "live");
        assertThat(local.getLocalCount()).isEqualTo(3);

        String node = client.session("visitor").opened().getNodeId();
        assertThat(client.publish("events", "", "1").getRecipientsPerNodeMap())
                .containsOnly(Map.entry(node, 3), Map.entry("node-2", 2));
        assertThat(live.awaitTexts(1)).containsExactly("1");
    }

    private static JoinGroupRequest.Builder onNode(String actor, String node) {
        return JoinGroupRequest.newBuilder()
                .setGroupName("events")
                .setActorId(actor)
                .setNodeId(node);
    }

    @Test
    void errors_areNamedAndChangeNothing() {
        CreateGroupRequest.Builder first = CreateGroupRequest.newBuilder().setGroupName("events");
        first.getMetadataBuilder().putLabels("owner", "first");
        ProcessGroup created = client.create(first);
        client.join("events", "actor-1");
        CreateGroupRequest.Builder second = CreateGroupRequest.newBuilder().setGroupName("events");
        second.getMetadataBuilder().putLabels("owner", "second");

        assertFails("GROUP_EXISTS", Status.Code.ALREADY_EXISTS, () -> client.create(second));
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> client.leave("events", "stranger"));
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.join("nowhere", "actor-1"));
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.leave("nowhere", "actor-1"));
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.publish("nowhere", "", "1"));
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.members("nowhere"));

        ListGroupsResponse groups = client.list("", 0, "");
        assertThat(groups.getGroupsList()).hasSize(1);
        assertThat(groups.getGroups(0).getMetadata().getLabelsMap()).containsOnly(Map.entry("owner", "first"));
        assertThat(groups.getGroups(0).getEpoch()).isEqualTo(created.getEpoch());
        assertThat(client.members("events")).containsExactly("actor-1");
    }

    @Test
    void delete_isIdempotent_tellsSubscribers_andLeavesNothing() {
        String epoch = client.create("events").getEpoch();
        client.join("events", "stored");
        client.publish("events", "", "old");
        EventStream<SubscribeRequest, SubscribeResponse> grpc = client.subscribe("events", "actor-1");
        WsClient ws = browse("events", "actor-2");

        assertThat(client.delete("events")).isTrue();
        assertThat(client.delete("events")).isFalse();
        assertThat(client.delete("never-there")).isFalse();

        assertThat(grpc.awaitEnd().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(grpc.events()).last().matches(Event::hasGroupDeleted);
        assertThat(ws.awaitClosed().code()).isEqualTo(4404);
        assertThat(ws.json()).last().matches(event -> event.has("groupDeleted"));
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.members("events"));

        assertThat(client.create("events").getEpoch()).isNotEqualTo(epoch);
        assertThat(client.members("events")).isEmpty();
        var fetched = client.calls.fetchMessages(FetchMessagesRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("events")
                .build());
        assertThat(fetched.getEventsList()).isEmpty();
        assertThat(fetched.getCaughtUp()).isTrue();
    }

    @Test
    void largeGroup_of1000_isReachedAndListedInPages() {
        client.create("crowd");
        List<String> ids = IntStream.range(0, 1000)
                .mapToObj(i -> "actor-%04d".formatted(i))
                .toList();
        Load<JoinGroupResponse> joins = Load.start(
                1000,
                50,
                (i, reply) -> client.streams.joinGroup(
                        JoinGroupRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("crowd")
                                .setActorId(ids.get(i))
                                .addAllTopics(i % 2 == 0 ? List.of() : List.of("odd"))
                                .build(),
                        reply.as(answer -> answer)));
        assertThat(joins.await()).allMatch(Load.Outcome::succeeded);
        var live = client.subscribe("crowd", "actor-0007", "odd");

        assertThat(client.publish("crowd", "", "all").getRecipientIdsList()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(client.publish("crowd", "odd", "odd").getRecipientsCount()).isEqualTo(1000);
        assertThat(client.publish("crowd", "even", "even").getRecipientsCount()).isEqualTo(500);
        assertThat(live.awaitTexts(2)).containsExactly("all", "odd");

        List<String> paged = new ArrayList<>();
        String token = "";
        do {
            GetMembersResponse page = client.membersPage("crowd", 300, token);
            assertThat(page.getTotalCount()).isEqualTo(1000);
            assertThat(page.getMemberIdsCount()).isLessThanOrEqualTo(300);
            paged.addAll(page.getMemberIdsList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        assertThat(paged).isEqualTo(ids);
    }
}

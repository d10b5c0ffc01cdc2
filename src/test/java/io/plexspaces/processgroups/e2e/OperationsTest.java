package io.plexspaces.processgroups.e2e;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static io.plexspaces.processgroups.e2e.GrpcClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.EvictResponse;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseResponse;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Leases, evictions, history, what joins say, and the choices of a publisher.
 *
 * <p>One file, as all of it runs on both stores.
 */
@QuarkusTest
class OperationsTest extends LiveServer {
    @BeforeEach
    void create() {
        client.create("ops");
    }

    // ---- leases

    @Test
    void lease_endsUnlessRenewed() {
        var watch = client.watch("ops");
        JoinGroupResponse kept = client.join(leased("kept", 1));
        client.join(leased("lost", 1));
        assertThat(kept.getLeaseId()).isNotEmpty();
        Instant begun = Instant.now();
        RenewLeaseResponse renewed =
                renew(RenewLeaseRequest.newBuilder().setActorId("kept").setTtl(seconds(30)));
        assertThat(renewed.getRenewed()).isEqualTo(1);
        assertThat(Instant.ofEpochSecond(renewed.getExpiresAt().getSeconds()))
                .isBetween(begun.plusSeconds(25), begun.plusSeconds(60));

        Event left = watch.awaitEvent(Event::hasLeft);
        assertThat(left.getLeft().getActorId()).isEqualTo("lost");
        assertThat(left.getLeft().getReason()).isEqualTo(LeaveReason.LEASE_EXPIRED);
        assertThat(client.members("ops")).containsExactly("kept");

        renew(RenewLeaseRequest.newBuilder()
                .setActorId("kept")
                .setLeaseId(kept.getLeaseId())
                .setTtl(seconds(1)));
        Event later = watch.awaitEvent(
                event -> event.hasLeft() && event.getLeft().getActorId().equals("kept"));
        assertThat(later.getLeft().getReason()).isEqualTo(LeaveReason.LEASE_EXPIRED);
    }

    @Test
    void lease_holdsItsOwnJoinAlone() {
        client.join("ops", "ann");
        JoinGroupResponse leased = client.join(leased("ann", 60));
        assertThat(leased.getJoinCount()).isEqualTo(2);
        assertFails(
                "LEASE_NOT_FOUND",
                Status.Code.NOT_FOUND,
                () -> renew(RenewLeaseRequest.newBuilder().setActorId("ann").setLeaseId("unknown")));
        assertFails(
                "NOT_A_MEMBER",
                Status.Code.NOT_FOUND,
                () -> renew(RenewLeaseRequest.newBuilder().setActorId("stranger")));
        LeaveGroupRequest.Builder byLease = LeaveGroupRequest.newBuilder()
                .setGroupName("ops")
                .setActorId("ann")
                .setLeaseId(leased.getLeaseId());
        assertThat(client.leave(byLease).getJoinCount()).isEqualTo(1);
        assertFails("LEASE_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.leave(byLease));
        assertThat(client.leave("ops", "ann").getJoinCount()).isZero();
    }

    @Test
    void joins_sayWhatTheyWereGiven_overEveryTransport() {
        client.join(JoinGroupRequest.newBuilder()
                .setGroupName("ops")
                .setActorId("ann")
                .putMetadata("name", "Ann"));
        WsClient tab = openWs(
                "/" + tenant + "/default/ops?actor=tab&snapshot=true&metadata=%7B%22state%22:%22typing%22%7D",
                WsClient.JSON);
        assertThat(tab.awaitJson("/subscribed")
                        .at("/subscribed/snapshot/members/0/joins/0/metadata/name")
                        .asText())
                .isEqualTo("Ann");
        client.calls.update(UpdateRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("ops")
                .setActorId("ann")
                .putMetadata("name", "Anna")
                .build());
        WsClient socket = openWs("", WsClient.JSON);
        socket.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"dan\"}}");
        socket.send("{\"requestId\":2,\"join\":{\"groupName\":\"ops\",\"metadata\":{\"a\":\"1\"}}}");
        socket.send("{\"requestId\":3,\"update\":{\"groupName\":\"ops\",\"metadata\":{\"a\":\"2\"}}}");
        socket.awaitJson(event -> event.at("/answer/requestId").asText().equals("3"));

        assertThat(client.memberships("ops").stream()
                        .collect(Collectors.toMap(GroupMembership::getActorId, member -> member.getJoins(0)
                                .getMetadataMap())))
                .isEqualTo(Map.of(
                        "ann", Map.of("name", "Anna"), "tab", Map.of("state", "typing"), "dan", Map.of("a", "2")));
    }

    @Test
    void subscriptionsByUrl_seeMembers_orHowManyThereAre() {
        client.join("ops", "ann");
        WsClient tab = openWs("/" + tenant + "/default/ops?actor=tab&presence=members", WsClient.JSON);
        assertThat(tab.awaitJson("/subscribed").at("/subscribed/snapshot/members"))
                .hasSize(2);
        WsClient counter = openWs("/" + tenant + "/default/ops?actor=zoe&presence=count", WsClient.JSON);
        client.leave("ops", "ann");
        assertThat(tab.awaitJson("/joined").at("/joined/actorId").asText()).isEqualTo("zoe");
        assertThat(tab.awaitJson("/left").at("/left/actorId").asText()).isEqualTo("ann");
        assertThat(counter.awaitJson("/memberCount").at("/memberCount/count").asInt())
                .isEqualTo(3);
        counter.awaitJson(event -> event.at("/memberCount/count").asInt() == 2);
    }

    private static JoinGroupRequest.Builder leased(String actor, int seconds) {
        return JoinGroupRequest.newBuilder()
                .setGroupName("ops")
                .setActorId(actor)
                .setTtl(seconds(seconds));
    }

    private RenewLeaseResponse renew(RenewLeaseRequest.Builder request) {
        return client.calls.renewLease(
                request.setTenantId(tenant).setGroupName("ops").build());
    }

    private static Duration seconds(int seconds) {
        return Duration.newBuilder().setSeconds(seconds).build();
    }

    // ---- history

    @Test
    void history_isReadBackwards_inStablePages() {
        IntStream.rangeClosed(1, 7).forEach(i -> client.publish("ops", "", "m" + i));
        FetchMessagesResponse page = fetchBack(FetchMessagesRequest.newBuilder().setNewestFirst(true));
        assertThat(texts(page)).containsExactly("m7", "m6", "m5");
        assertThat(page.getCaughtUp()).isFalse();
        client.publish("ops", "", "m8");
        page = fetchBack(FetchMessagesRequest.newBuilder().setBefore(page.getNext()));
        assertThat(texts(page)).containsExactly("m4", "m3", "m2");
        page = fetchBack(FetchMessagesRequest.newBuilder().setBefore(page.getNext()));
        assertThat(texts(page)).containsExactly("m1");
        assertThat(page.getCaughtUp()).isTrue();
        assertThat(page.hasGap()).isFalse();

        FetchMessagesResponse other = fetchBack(FetchMessagesRequest.newBuilder()
                .setBefore(page.getNext().toBuilder().setEpoch("another")));
        assertThat(other.getGap().getReason()).isEqualTo(Gap.Reason.EPOCH_CHANGED);
        assertThat(texts(other)).containsExactly("m8", "m7", "m6");
    }

    @Test
    void history_ofAnActor_isFilteredBackwards_andSaysWhatIsGone() {
        CreateGroupRequest.Builder small = CreateGroupRequest.newBuilder().setGroupName("small");
        small.getRetentionBuilder().setMessages(4).setMaxAge(seconds(60));
        client.create(small);
        client.join("small", "ann", "a");
        for (int i = 1; i <= 6; i++) {
            client.publish("small", i % 2 == 0 ? "a" : "b", "m" + i);
        }
        FetchMessagesResponse all = fetchBack(
                FetchMessagesRequest.newBuilder()
                        .setGroupName("small")
                        .setNewestFirst(true)
                        .setActorId("ann"),
                10);
        assertThat(texts(all)).containsExactly("m6", "m4");
        assertThat(all.getGap().getReason()).isEqualTo(Gap.Reason.TRIMMED);
        assertThat(all.getGap().getMissed()).isEqualTo(2);
        assertThat(all.getGap().getExact()).isTrue();
        assertThat(all.getGap().getToOffset()).isEqualTo(all.getNext().getOffset());
    }

    private FetchMessagesResponse fetchBack(FetchMessagesRequest.Builder request) {
        return fetchBack(request.setGroupName("ops"), 3);
    }

    private FetchMessagesResponse fetchBack(FetchMessagesRequest.Builder request, int most) {
        return client.calls.fetchMessages(
                request.setTenantId(tenant).setPageSize(most).build());
    }

    private static List<String> texts(FetchMessagesResponse page) {
        return page.getEventsList().stream()
                .map(event -> event.getMessage().getPayload().toStringUtf8())
                .toList();
    }

    @Test
    void lastMessages_comeFirst_howeverAClientSubscribes() {
        client.publish("ops", "a", "a1");
        client.publish("ops", "b", "b1");
        client.publish("ops", "a", "a2");
        client.publish("ops", "c", "c1");
        SubscribeRequest.Builder last =
                SubscribeRequest.newBuilder().setGroupName("ops").setReplayLast(2);
        var stream = client.subscribe(last.clone().setActorId("stream"));
        GrpcSession session = client.session("session");
        session.ask(SessionRequest.newBuilder()
                .setJoin(last.clone().setReplayLast(1).setReplayLastOfEachTopic(true)));
        String query = "&topics=a,b&replay_last=1&replay_last_of_each_topic=true";
        WsClient json = openWs("/" + tenant + "/default/ops?actor=json" + query, WsClient.JSON);
        WsClient proto = openWs("/" + tenant + "/default/ops?actor=proto" + query, WsClient.PROTO);
        WsClient socket = openWs("", WsClient.JSON);
        socket.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"socket\"}}")
                .send("{\"requestId\":2,\"join\":{\"groupName\":\"ops\",\"topics\":[\"b\",\"c\"],"
                        + "\"replayLast\":5}}");
        for (WsClient one : List.of(json, proto, socket)) {
            one.awaitTexts(2);
        }
        client.publish("ops", "b", "live");

        assertThat(stream.awaitTexts(3)).containsExactly("a2", "c1", "live");
        assertThat(stream.events().get(0).getSubscribed().getOffset()).isEqualTo(3);
        assertThat(stream.events().get(0).getSubscribed().getRecovered()).isFalse();
        assertThat(session.stream().awaitTexts(4)).containsExactly("b1", "a2", "c1", "live");
        for (WsClient one : List.of(json, proto)) {
            assertThat(one.awaitTexts(3)).containsExactly("b1", "a2", "live");
        }
        assertThat(socket.awaitTexts(3)).containsExactly("b1", "c1", "live");
    }

    // ---- rooms

    @Test
    void rooms_areMadeByWhoeverComesFirst_andGoWhenAllHaveLeft() {
        var watch = client.watchNamespace();
        Duration second = seconds(1);
        SubscribeRequest.Builder join = SubscribeRequest.newBuilder()
                .setGroupName("room")
                .setCreateMissing(true)
                .setDeleteWhenEmpty(second);
        var stream = client.subscribe(join.clone().setActorId("stream"));
        GrpcSession session = client.session("session");
        assertThat(session.ask(SessionRequest.newBuilder().setJoin(join))
                        .getJoined()
                        .getJoinCount())
                .isEqualTo(1);
        String query = "&create_missing=true&delete_when_empty=1s";
        WsClient json = openWs("/" + tenant + "/default/room?actor=json" + query, WsClient.JSON);
        json.awaitEvents(1);
        WsClient socket = openWs("", WsClient.JSON);
        socket.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"socket\"}}")
                .send("{\"requestId\":2,\"publish\":{\"groupName\":\"room\",\"createMissing\":true,"
                        + "\"deleteWhenEmpty\":\"1s\",\"message\":{\"text\":\"hello\"}}}");
        assertThat(stream.awaitTexts(1)).containsExactly("hello");
        client.join(JoinGroupRequest.newBuilder()
                .setGroupName("room")
                .setActorId("durable")
                .setCreateMissing(true));
        assertThat(client.members("room")).containsExactly("durable", "json", "session", "stream");
        assertThat(client.list("room", 10, "").getGroupsList())
                .singleElement()
                .satisfies(group -> assertThat(group.getDeleteWhenEmpty()).isEqualTo(second));

        for (String actor : List.of("durable", "json", "session", "stream")) {
            client.leave(LeaveGroupRequest.newBuilder()
                    .setGroupName("room")
                    .setActorId(actor)
                    .setAll(true));
        }
        Event deleted = watch.awaitEvent(Event::hasGroupDeleted);
        assertThat(deleted.getGroupName()).isEqualTo("room");
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.join("room", "late"));
        assertThat(client.publish(
                                PublishToGroupRequest.newBuilder()
                                        .setGroupName("room")
                                        .setCreateMissing(true),
                                "to nobody")
                        .getOffset())
                .isEqualTo(2);
    }

    // ---- evicting

    @Test
    void evict_endsEveryJoin_andTellsThoseWhoHeldIt() {
        client.create("other");
        var watch = client.watch("ops");
        var stream = client.subscribe("ops", "ann");
        WsClient browser = browse("ops", "ann");
        GrpcSession session = client.session("ann");
        for (String group : List.of("ops", "other")) {
            session.ask(SessionRequest.newBuilder()
                    .setJoin(SubscribeRequest.newBuilder().setGroupName(group)));
        }
        client.join("ops", "ann");
        client.join(leased("ann", 60));

        EvictResponse evicted = client.evict("ops", "ann");
        assertThat(evicted.getJoins()).isEqualTo(5);
        assertThat(client.members("ops")).isEmpty();
        Event left = watch.awaitEvent(Event::hasLeft);
        assertThat(left.getLeft().getReason()).isEqualTo(LeaveReason.EVICTED);
        assertThat(left.getOffset()).isEqualTo(evicted.getOffset());
        assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(GrpcClient.reasonOf(stream.failure())).isEqualTo("EVICTED");
        assertThat(browser.awaitClosed().code()).isEqualTo(4410);
        assertThat(session.stream().awaitEvent(Event::hasLeft).getLeft().getReason())
                .isEqualTo(LeaveReason.EVICTED);
        client.publish("other", "", "goes on");
        assertThat(session.stream().awaitTexts(1)).containsExactly("goes on");
        assertThat(client.publish("ops", "", "to nobody").getRecipientsCount()).isZero();
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> client.evict("ops", "ann"));
        assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.evict("nowhere", "ann"));
        assertThat(client.join("ops", "ann").getJoinCount()).isEqualTo(1);
    }

    @Test
    void ban_keepsTheActorOutOnEveryWay_untilItIsLifted() {
        GrpcSession session = client.session("ann");
        client.join("ops", "ann");
        assertThat(client.ban("ops", "ann", 3_600).getJoins()).isEqualTo(1);
        assertThat(client.ban("ops", "ann", 60).getJoins()).isZero();

        assertFails("BANNED", Status.Code.PERMISSION_DENIED, () -> client.join("ops", "ann"));
        var stream = client.subscribe("ops", "ann");
        assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(GrpcClient.reasonOf(stream.failure())).isEqualTo("BANNED");
        WsClient browser = openWs("/" + tenant + "/default/ops?actor=ann", WsClient.JSON);
        assertThat(browser.awaitClosed().code()).isEqualTo(4410);
        var refused = session.ask(SessionRequest.newBuilder()
                        .setJoin(SubscribeRequest.newBuilder().setGroupName("ops")))
                .getError();
        assertThat(refused.getReason()).isEqualTo("BANNED");
        assertThat(refused.getField()).isEqualTo("actor_id");
        assertThat(refused.getRetryAfter().getSeconds()).isBetween(30L, 60L);
        assertThat(client.members("ops")).isEmpty();

        assertThat(client.ban("ops", "ann", 0).getJoins()).isZero();
        assertThat(client.join("ops", "ann").getJoinCount()).isEqualTo(1);
    }

    @Test
    void evictionFromTheTenant_endsSessionsAndJoins_andKeepsTheActorOut() {
        client.create("other");
        GrpcSession session = client.session("ann");
        session.ask(SessionRequest.newBuilder()
                .setJoin(SubscribeRequest.newBuilder().setGroupName("other")));
        WsClient browser = browse("ops", "ann");
        client.join("ops", "ann");
        client.join("ops", "bob");

        assertThat(client.banEverywhere("ann", 3_600).getOffset()).isZero();
        assertThat(client.members("ops")).containsExactly("bob");
        assertThat(client.members("other")).isEmpty();
        assertThat(session.stream().awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(GrpcClient.reasonOf(session.stream().failure())).isEqualTo("EVICTED");
        assertThat(browser.awaitClosed().code()).isEqualTo(4410);
        assertFails("BANNED", Status.Code.PERMISSION_DENIED, () -> client.join("other", "ann"));
        assertThat(GrpcClient.reasonOf(client.subscribe("ops", "ann").failure()))
                .isEqualTo("BANNED");
        WsClient again = openWs("/" + tenant + "/default/ops?actor=ann", WsClient.JSON);
        assertThat(again.awaitClosed().code()).isEqualTo(4410);

        client.banEverywhere("ann", 0);
        assertThat(client.join("other", "ann").getJoinCount()).isEqualTo(1);
    }

    // ---- publishing

    @Test
    void idempotencyKey_takesEffectOnce() {
        var ann = client.subscribe("ops", "ann");
        PublishToGroupRequest.Builder request = toOps();
        request.setMessage(text("paid").setIdempotencyKey("payment-1"));
        PublishToGroupResponse first = client.publish(request);
        client.join("ops", "bob");
        PublishToGroupResponse again = client.publish(request);

        assertThat(first.getDuplicate()).isFalse();
        assertThat(again.getDuplicate()).isTrue();
        assertThat(again.toBuilder().setDuplicate(false).build()).isEqualTo(first);
        client.publish("ops", "", "end");
        assertThat(ann.awaitTexts(2)).containsExactly("paid", "end");
    }

    @Test
    void dispatchOne_takesTurns_andSticksByKey() {
        Set<String> actors = Set.of("ann", "bob", "cid");
        actors.forEach(actor -> client.join("ops", actor, "work"));
        client.join("ops", "idle", "other");
        List<String> turns = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            turns.add(onlyRecipient(client.publish(one().setTopic("work"), "job")));
        }
        assertThat(new HashSet<>(turns)).isEqualTo(actors);
        actors.forEach(actor -> assertThat(turns.stream().filter(actor::equals)).hasSize(10));

        Set<String> holders = new HashSet<>();
        for (int key = 0; key < 20; key++) {
            PublishToGroupRequest.Builder keyed = one().setTopic("work").setDispatchKey("key-" + key);
            String holder = onlyRecipient(client.publish(keyed, "first"));
            holders.add(holder);
            for (int i = 0; i < 3; i++) {
                assertThat(onlyRecipient(client.publish(keyed, "again"))).isEqualTo(holder);
            }
        }
        assertThat(holders).isEqualTo(actors);
        assertThat(client.publish(one().setTopic("nobody"), "job").getRecipientIdsList())
                .isEmpty();
    }

    @Test
    void dispatchOne_prefersThisNode_andReachesLiveSubscribers() {
        client.join(JoinGroupRequest.newBuilder()
                .setGroupName("ops")
                .setActorId("away")
                .setNodeId("node-2"));
        assertThat(onlyRecipient(client.publish(one(), "0"))).isEqualTo("away");
        client.join("ops", "here");
        assertThat(onlyRecipient(client.publish(one(), "1"))).isEqualTo("here");
        var live = client.subscribe("ops", "live");
        WsClient browser = browse("ops", "browser");
        Set<String> reached = new HashSet<>();
        for (int i = 2; i < 12; i++) {
            reached.add(onlyRecipient(client.publish(one(), String.valueOf(i))));
        }
        assertThat(reached).containsExactlyInAnyOrder("live", "browser");
        await().atMost(EventStream.PATIENCE)
                .until(() -> live.texts().size() + browser.texts().size() == 10);
        assertThat(live.texts()).doesNotContainAnyElementsOf(browser.texts());
    }

    @Test
    void dispatchLocal_leavesOthersOut_andSenderCanBeExcluded() {
        client.join(JoinGroupRequest.newBuilder()
                .setGroupName("ops")
                .setActorId("away")
                .setNodeId("node-2"));
        var ann = client.subscribe("ops", "ann");
        var bob = client.subscribe("ops", "bob");
        assertThat(client.publish(toOps().setDispatch(Dispatch.LOCAL), "local").getRecipientIdsList())
                .containsExactlyInAnyOrder("ann", "bob");
        PublishToGroupRequest.Builder fromAnn = toOps().setExcludeSender(true);
        fromAnn.getMessageBuilder().setSenderId("ann");
        assertThat(client.publish(fromAnn, "from ann").getRecipientIdsList()).containsExactlyInAnyOrder("away", "bob");
        assertThat(client.publish(fromAnn.setExcludeSender(false), "to all").getRecipientsCount())
                .isEqualTo(3);
        assertThat(ann.awaitTexts(2)).containsExactly("local", "to all");
        assertThat(bob.awaitTexts(3)).containsExactly("local", "from ann", "to all");
    }

    @Test
    void publishAnswer_tellsAsMuchAsIsAsked() {
        client.join("ops", "ann");
        client.join("ops", "bob");
        PublishToGroupResponse ids = client.publish(toOps(), "1");
        PublishToGroupResponse counts = client.publish(toOps().setAnswer(PublishAnswer.COUNTS), "2");
        PublishToGroupResponse none = client.publish(toOps().setAnswer(PublishAnswer.NONE), "3");

        assertThat(ids.getRecipientIdsList()).containsExactlyInAnyOrder("ann", "bob");
        assertThat(ids.getRecipientIdsTruncated()).isFalse();
        assertThat(counts.getRecipientIdsList()).isEmpty();
        assertThat(counts.getRecipientsPerNodeMap()).isEqualTo(ids.getRecipientsPerNodeMap());
        assertThat(none.getRecipientIdsList()).isEmpty();
        assertThat(none.getRecipientsPerNodeMap()).isEmpty();
        assertThat(List.of(ids, counts, none)).allMatch(answer -> answer.getRecipientsCount() == 2);
        assertThat(List.of(ids.getOffset(), counts.getOffset(), none.getOffset()))
                .containsExactly(ids.getOffset(), ids.getOffset() + 1, ids.getOffset() + 2);
    }

    private static PublishToGroupRequest.Builder toOps() {
        return PublishToGroupRequest.newBuilder().setGroupName("ops");
    }

    private static PublishToGroupRequest.Builder one() {
        return toOps().setDispatch(Dispatch.ONE);
    }

    private static String onlyRecipient(PublishToGroupResponse published) {
        assertThat(published.getRecipientIdsList()).hasSize(1);
        assertThat(published.getRecipientsCount()).isEqualTo(1);
        return published.getRecipientIds(0);
    }
}

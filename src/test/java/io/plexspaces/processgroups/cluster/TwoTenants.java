package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.plexspaces.processgroups.cluster.Deployments.Kind;
import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersResponse;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.Metadata;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two tenants whose groups, actors and namespaces have the same names see nothing of each other, whatever they ask for
 * and whatever of the other they know. The name of the one begins as that of the other.
 *
 * <p>One file, as it is one list of all that could be seen.
 */
abstract class TwoTenants {
    private static final String ROOM = "room";
    private static final String ANN = RightsTable.ACTOR;
    private static final String ROUND_TRIPS = "plexspaces_process_groups_store_round_trip_seconds_count";

    /** In all that is only in the one tenant, and what the other must not see. */
    private final String mark = "m" + UUID.randomUUID();

    private final List<AutoCloseable> open = new ArrayList<>();
    private List<NodeProcess> nodes = List.of();
    private Tenant here;
    private Tenant there;

    abstract Deployments deployments();

    /** A tenant whose token allows everything in it. */
    private final class Tenant {
        private final String name;
        private final String token;
        private final List<GrpcClient> clients;

        Tenant(String name) {
            this.name = name;
            this.token = Deployments.all(name);
            clients = nodes.stream().map(this::connect).toList();
        }

        private GrpcClient connect(NodeProcess node) {
            return closing(GrpcClient.connect(node.grpcPort(), name).withToken(token));
        }

        GrpcClient on(NodeProcess node) {
            return clients.get(nodes.indexOf(node));
        }

        WsClient browse(NodeProcess node, String more) {
            return closing(WsClient.connect(
                    node.webSocket("/ws/" + name + "/default/" + ROOM + "?actor=" + ANN + more),
                    WsClient.JSON,
                    Map.of("Authorization", "Bearer " + token)));
        }
    }

    private void begin(Kind kind) {
        nodes = deployments().asking(kind);
        here = new Tenant("t-" + UUID.randomUUID());
        there = new Tenant(here.name + ":a");
        here.on(nodes.get(0))
                .create(CreateGroupRequest.newBuilder()
                        .setGroupName(ROOM)
                        .setMetadata(Metadata.newBuilder().putLabels("label", mark)));
        there.on(nodes.get(0)).create(ROOM);
    }

    private <T extends AutoCloseable> T closing(T one) {
        open.add(one);
        return one;
    }

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private static JoinGroupRequest.Builder leased(String actor) {
        return JoinGroupRequest.newBuilder()
                .setGroupName(ROOM)
                .setActorId(actor)
                .setTtl(Duration.newBuilder().setSeconds(3600));
    }

    private static FetchMessagesResponse fetch(GrpcClient client, Tenant tenant, @Nullable Position after) {
        FetchMessagesRequest.Builder request =
                FetchMessagesRequest.newBuilder().setTenantId(tenant.name).setGroupName(ROOM);
        return client.calls.fetchMessages((after == null ? request : request.setAfter(after)).build());
    }

    private static GetLocalMembersResponse localMembers(GrpcClient client, Tenant tenant, int size, String page) {
        return client.calls.getLocalMembers(GetLocalMembersRequest.newBuilder()
                .setTenantId(tenant.name)
                .setGroupName(ROOM)
                .setPageSize(size)
                .setPageToken(page)
                .build());
    }

    private static Outcome refusal(ThrowingCallable call) {
        Throwable failure = catchThrowable(call);
        assertThat(failure).as("a refusal").isNotNull();
        return Outcome.of(failure);
    }

    private static List<String> names(ListGroupsResponse list) {
        return list.getGroupsList().stream().map(ProcessGroup::getGroupName).toList();
    }

    private static GrpcSession joined(GrpcSession session) {
        SubscribeRequest.Builder join = SubscribeRequest.newBuilder().setGroupName(ROOM);
        assertThat(session.ask(SessionRequest.newBuilder().setJoin(join)).hasJoined())
                .isTrue();
        return session;
    }

    /** All that can be asked about the one tenant. */
    private List<Object> stateOfHere(NodeProcess node) {
        GrpcClient client = here.on(node);
        return List.of(
                client.memberships(ROOM),
                localMembers(client, here, 0, ""),
                fetch(client, here, null),
                client.list("", 0, ""));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void operationsOfTheOne_changeNothingOfTheOther_andSayNothingOfIt(Kind kind) {
        begin(kind);
        GrpcClient owner = here.on(nodes.get(0));
        owner.create("only-" + mark);
        String lease = owner.join(leased(ANN)).getLeaseId();
        owner.join(leased("bob-" + mark).setNodeId("at-" + mark));
        PublishToGroupResponse published = owner.publish(ROOM, "", mark);
        List<String> secrets = List.of(mark, lease, published.getEpoch());
        RightsRequests requests = new RightsRequests(there.name);
        List<Row> rows = new ArrayList<>(Row.calls());
        // Where the others find the group.
        for (Row last : List.of(Row.DELETE, Row.CREATE)) {
            rows.remove(last);
            rows.add(last);
        }
        for (NodeProcess node : nodes) {
            List<Object> before = stateOfHere(node);
            there.on(node).join(leased(ANN));
            Calls calls = closing(Calls.to(node)).with(there.token);
            List<Dialogue> sessions = List.of(
                    closing(calls.session()), closing(Dialogue.on(node.webSocket("/ws"), there.token, WsClient.JSON)));
            for (Dialogue session : sessions) {
                for (Row row : Row.requests()) {
                    isTold(row, session.ask(requests.inSession(row, ROOM, there.token)), secrets);
                }
                assertThat(stateOfHere(node)).isEqualTo(before);
            }
            there.on(node).join(ROOM, RightsRequests.EVICTED);
            for (Row row : rows) {
                isTold(row, calls.ask(row, requests.call(row, ROOM)), secrets);
                assertThat(stateOfHere(node))
                        .as("after %s on %s", row, node.id())
                        .isEqualTo(before);
            }
        }
    }

    private static void isTold(Row row, Outcome outcome, List<String> secrets) {
        if (row.isReply()) {
            assertThat(outcome.reason()).isIn("ASK_NOT_FOUND", "NOT_A_MEMBER");
        } else {
            assertThat(outcome.isDone()).as("%s: %s", row, outcome).isTrue();
        }
        assertThat(outcome.toString()).doesNotContain(secrets.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void listsAndLocalMembers_haveTheOwnTenantAlone(Kind kind) {
        begin(kind);
        for (NodeProcess node : nodes) {
            here.on(node).join(leased("local-" + mark));
            here.on(node).in("staging").create("only-" + mark + node.id());
            there.on(node).join(ROOM, "bob");
            assertThat(names(there.on(node).list("", 0, ""))).containsExactly(ROOM);
            assertThat(there.on(node).list("", 0, "").getTotalCount()).isEqualTo(1);
            for (String pattern : List.of("only-*", "*" + mark + "*", "only-" + mark + node.id())) {
                ListGroupsResponse found = there.on(node).list(pattern, 0, "");
                assertThat(found.getGroupsList()).isEmpty();
                assertThat(found.getTotalCount()).isZero();
            }
            GetLocalMembersResponse local = localMembers(there.on(node), there, 0, "");
            assertThat(local.getMemberIdsList()).containsExactly("bob");
            assertThat(local.getLocalCount()).isEqualTo(1);
            assertThat(there.on(node).publish(ROOM, "", "x").getRecipientIdsList())
                    .containsExactly("bob");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pageTokens_areWorthNothingElsewhere(Kind kind) {
        begin(kind);
        for (Tenant each : List.of(here, there)) {
            GrpcClient client = each.on(nodes.get(0));
            client.create("another-room");
            nodes.forEach(node -> each.on(node).join(ROOM, ANN));
            nodes.forEach(node -> each.on(node).join(ROOM, "bob"));
        }
        for (NodeProcess node : nodes) {
            String groups = here.on(node).list("", 1, "").getNextPageToken();
            String members = here.on(node).membersPage(ROOM, 1, "").getNextPageToken();
            String local = localMembers(here.on(node), here, 1, "").getNextPageToken();
            assertThat(List.of(groups, members, local)).doesNotContain("");
            Function<String, List<Outcome>> asked = invented -> List.of(
                    refusal(() -> there.on(node).list("", 1, invented.isEmpty() ? groups : invented)),
                    refusal(() -> there.on(node).membersPage(ROOM, 1, invented.isEmpty() ? members : invented)),
                    refusal(() -> localMembers(there.on(node), there, 1, invented.isEmpty() ? local : invented)));
            assertThat(asked.apply(""))
                    .allMatch(refused -> refused.reason().equals("INVALID_ARGUMENT"))
                    .allMatch(refused -> refused.field().equals("page_token"))
                    .isEqualTo(asked.apply("AQ"));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void resumeTokens_resumeNothingElsewhere(Kind kind) {
        begin(kind);
        GrpcSession held = joined(here.on(nodes.get(0)).session(ANN));
        String secret = held.opened().getResumeToken();
        nodes.forEach(node -> isNotResumed(node, secret));
        here.on(nodes.get(0)).publish(ROOM, "", "still here");
        assertThat(held.stream().awaitTexts(1)).containsExactly("still here");
        assertThat(held.stream().end()).isNull();

        held.close();
        nodes.forEach(node -> isNotResumed(node, secret));
        SessionOpen.Builder resuming = SessionOpen.newBuilder().setActorId(ANN).setResumeToken(secret);
        GrpcSession again = closing(here.on(nodes.get(nodes.size() - 1)).session(resuming));
        assertThat(again.opened().getResumed()).isTrue();
        assertThat(again.opened().getGroupsList()).containsExactly(ROOM);
    }

    private void isNotResumed(NodeProcess node, String secret) {
        GrpcSession session = closing(
                there.on(node).session(SessionOpen.newBuilder().setActorId(ANN).setResumeToken(secret)));
        assertThat(session.opened().getResumed()).isFalse();
        assertThat(session.opened().getGroupsList()).isEmpty();
        var stream = closing(there.on(node)
                .subscribe(SubscribeRequest.newBuilder()
                        .setGroupName(ROOM)
                        .setActorId(ANN)
                        .setResumeToken(secret)));
        WsClient url = there.browse(node, "&resume=" + secret);
        List<String> tokens = List.of(
                session.opened().getResumeToken(),
                stream.awaitEvent(Event::hasSubscribed).getSubscribed().getResumeToken(),
                url.awaitJson("/subscribed").at("/subscribed/resumeToken").asText());
        assertThat(tokens).doesNotContain(secret).doesNotHaveDuplicates();
    }

    /** They are as good as invented ones. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void positionsAndLeases_areUnknownElsewhere(Kind kind) {
        begin(kind);
        GrpcClient owner = here.on(nodes.get(0));
        String lease = owner.join(leased(ANN)).getLeaseId();
        String epoch = owner.publish(ROOM, "", mark).getEpoch();
        there.on(nodes.get(0)).join(leased(ANN));
        for (NodeProcess node : nodes) {
            GrpcClient stranger = there.on(node);
            FetchMessagesResponse fetched = fetch(stranger, there, position(epoch));
            assertThat(fetched).isEqualTo(fetch(stranger, there, position(reversed(epoch))));
            assertThat(fetched.getGap().getReason()).isEqualTo(Gap.Reason.EPOCH_CHANGED);
            assertThat(fetched.toString()).doesNotContain(mark, epoch);
            var stream = closing(stranger.subscribe(SubscribeRequest.newBuilder()
                    .setGroupName(ROOM)
                    .setActorId("bob")
                    .setAfter(position(epoch))));
            assertThat(stream.awaitEvent(Event::hasGap).getGap().getReason()).isEqualTo(Gap.Reason.EPOCH_CHANGED);
            assertThat(stream.events().toString()).doesNotContain(mark, epoch);

            Outcome renewed = refusal(() -> stranger.calls.renewLease(renewal(there, lease)));
            assertThat(renewed.reason()).isEqualTo("LEASE_NOT_FOUND");
            assertThat(renewed).isEqualTo(refusal(() -> stranger.calls.renewLease(renewal(there, reversed(lease)))));
            Outcome left = refusal(() -> stranger.leave(leave(lease)));
            assertThat(left.reason()).isEqualTo("LEASE_NOT_FOUND");
            assertThat(left).isEqualTo(refusal(() -> stranger.leave(leave(reversed(lease)))));
            assertThat(here.on(node).calls.renewLease(renewal(here, lease)).getRenewed())
                    .isEqualTo(1);
        }
    }

    private static Position position(String epoch) {
        return Position.newBuilder().setEpoch(epoch).setOffset(1).build();
    }

    private static RenewLeaseRequest renewal(Tenant tenant, String lease) {
        return RenewLeaseRequest.newBuilder()
                .setTenantId(tenant.name)
                .setGroupName(ROOM)
                .setActorId(ANN)
                .setLeaseId(lease)
                .build();
    }

    private static LeaveGroupRequest.Builder leave(String lease) {
        return LeaveGroupRequest.newBuilder().setGroupName(ROOM).setActorId(ANN).setLeaseId(lease);
    }

    private static String reversed(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void idempotencyKeys_areOfOneTenant(Kind kind) {
        begin(kind);
        for (NodeProcess node : nodes) {
            String key = "key of " + node.id();
            there.on(node).join(ROOM, "bob");
            PublishToGroupResponse first = here.on(node).publish(withKey(key), mark);
            PublishToGroupResponse other = there.on(node).publish(withKey(key), "of there");
            assertThat(other.getDuplicate()).isFalse();
            assertThat(other.getRecipientIdsList()).containsExactly("bob");
            assertThat(other.toString()).doesNotContain(first.getEpoch());
            PublishToGroupResponse again = here.on(node).publish(withKey(key), mark);
            assertThat(again.getDuplicate()).isTrue();
            assertThat(again.getOffset()).isEqualTo(first.getOffset());
        }
        assertThat(fetch(there.on(nodes.get(0)), there, null).getEventsList())
                .hasSize(nodes.size())
                .allMatch(
                        event -> event.getMessage().getPayload().toStringUtf8().equals("of there"));
    }

    private static PublishToGroupRequest.Builder withKey(String key) {
        return PublishToGroupRequest.newBuilder()
                .setGroupName(ROOM)
                .setMessage(GrpcClient.text("").setIdempotencyKey(key));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void watchesAndSubscriptions_showTheOwnTenantAlone(Kind kind) {
        begin(kind);
        List<EventStream<?, ?>> strangers = new ArrayList<>();
        List<EventStream<?, ?>> owners = new ArrayList<>();
        for (NodeProcess node : nodes) {
            strangers.add(closing(there.on(node).watch(ROOM)));
            strangers.add(closing(there.on(node).watchNamespace()));
            strangers.add(closing(there.on(node).subscribe(ROOM, "bob")));
            owners.add(closing(here.on(node).watchNamespace()));
        }
        GrpcClient owner = here.on(nodes.get(0));
        owner.join(ROOM, "ann-" + mark, "topic");
        owner.join(ROOM, "ann-" + mark);
        owner.publish(ROOM, "", mark);
        owner.leave(ROOM, "ann-" + mark);
        owner.evict(ROOM, "ann-" + mark);
        owner.delete(ROOM);
        owner.create("only-" + mark);
        // Each node has read all of that, before the others see what is meant for them.
        owners.forEach(stream -> stream.awaitEvent(
                event -> event.hasGroupCreated() && event.getGroupName().startsWith("only-")));
        there.on(nodes.get(0)).join(ROOM, "last");
        there.on(nodes.get(0)).publish(ROOM, "", "last");
        for (EventStream<?, ?> stream : strangers) {
            stream.awaitEvent(event ->
                    event.hasMessage() || event.getJoined().getActorId().equals("last"));
            assertThat(stream.events().toString()).doesNotContain(mark);
            assertThat(stream.events()).noneMatch(event -> event.hasLeft() || event.hasGroupDeleted());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void evictionsAndBans_areOfOneTenant(Kind kind) {
        begin(kind);
        List<GrpcSession> owners = nodes.stream()
                .map(node -> joined(closing(here.on(node).session(ANN))))
                .toList();
        List<WsClient> browsers =
                nodes.stream().map(node -> here.browse(node, "")).toList();
        List<GrpcSession> strangers = nodes.stream()
                .map(node -> joined(closing(there.on(node).session(ANN))))
                .toList();
        browsers.forEach(browser -> browser.awaitJson("/subscribed"));
        there.on(nodes.get(0)).ban(ROOM, ANN, 600);
        there.on(nodes.get(0)).banEverywhere(ANN, 600);
        for (GrpcSession stranger : strangers) {
            assertThat(stranger.stream().awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        for (NodeProcess node : nodes) {
            assertThat(refusal(() -> there.on(node).join(ROOM, ANN)).reason()).isEqualTo("BANNED");
            assertThat(there.on(node).members(ROOM)).isEmpty();
            assertThat(here.on(node).members(ROOM)).containsExactly(ANN);
            joined(closing(here.on(node).session(ANN)));
            here.on(node).join(ROOM, ANN);
            here.on(node).publish(ROOM, "", "to all");
        }
        for (GrpcSession each : owners) {
            assertThat(each.stream().awaitTexts(nodes.size())).containsOnly("to all");
            assertThat(each.stream().end()).isNull();
            assertThat(each.events()).noneMatch(Event::hasLeft);
        }
        for (WsClient browser : browsers) {
            assertThat(browser.awaitTexts(nodes.size())).containsOnly("to all");
            assertThat(browser.closed()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void metrics_countEachTenantByItself(Kind kind) {
        begin(kind);
        for (NodeProcess node : nodes) {
            for (int i = 0; i < 3; i++) {
                there.on(node).join(ROOM, ANN);
                there.on(node).publish(ROOM, "", "x");
            }
            here.on(node).join(ROOM, ANN);
            there.on(node).leave(ROOM, ANN);
            assertThat(counted(node, "joins", here)).isEqualTo(1);
            assertThat(counted(node, "joins", there)).isEqualTo(3);
            assertThat(counted(node, "publish", here)).isZero();
            assertThat(counted(node, "publish", there)).isEqualTo(3);
            assertThat(counted(node, "leaves", here)).isZero();
            assertThat(counted(node, "leaves", there)).isEqualTo(1);
        }
    }

    private static double counted(NodeProcess node, String what, Tenant tenant) {
        String name = "plexspaces_process_groups_" + what + "_total";
        return node.metric(name, "tenant=\"" + tenant.name + "\"", "group=\"" + ROOM + "\"");
    }

    /** Decided before anything is looked up: nobody can tell by the answer, nor by the time it takes, what is there. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void refusals_areTheSameForWhatIsThereAndWhatIsNot_andCostTheStoreNothing(Kind kind) {
        begin(kind);
        for (NodeProcess node : nodes) {
            Calls stranger = closing(Calls.to(node)).with(there.token);
            double before = node.metric(ROUND_TRIPS);
            int asked = 0;
            for (int i = 0; i < 10; i++) {
                for (Row row : Row.calls()) {
                    Outcome refused = stranger.ask(row, new RightsRequests(here.name).call(row, ROOM));
                    assertThat(refused.reason()).as("%s", row).isEqualTo("PERMISSION_DENIED");
                    assertThat(refused.field()).as("%s", row).isEqualTo("tenant_id");
                    assertThat(stranger.ask(row, new RightsRequests(here.name).call(row, "none")))
                            .isEqualTo(refused);
                    assertThat(stranger.ask(row, new RightsRequests("none").call(row, ROOM)))
                            .isEqualTo(refused);
                    asked += 3;
                }
            }
            assertThat(node.metric(ROUND_TRIPS) - before).isLessThan(asked / 4.0);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void sessions_stayInTheirTenant(Kind kind) {
        begin(kind);
        for (NodeProcess node : nodes) {
            for (String tenant : List.of(here.name, "none")) {
                RightsRequests named = new RightsRequests(tenant);
                Dialogue early = connect(node);
                assertThat(early.ask(named.inSession(Row.OPEN, ROOM, "")))
                        .isEqualTo(new Outcome(
                                "PERMISSION_DENIED", "tenant_id", "tenant_id: no right is for it", "", null));
                Dialogue session = connect(node);
                assertThat(session.ask(new RightsRequests(there.name).inSession(Row.OPEN, ROOM, ""))
                                .isDone())
                        .isTrue();
                for (Row row : Row.requests()) {
                    if (row != Row.OPEN && row != Row.REFRESH && row != Row.THEN_CANCEL) {
                        Outcome refused = session.ask(naming(tenant, named.inSession(row, ROOM, "")));
                        assertThat(refused.reason()).as("%s", row).isEqualTo("INVALID_ARGUMENT");
                        assertThat(refused.field()).as("%s", row).isEqualTo("tenant_id");
                    }
                }
                Outcome refused = session.ask(named.inSession(Row.REFRESH, ROOM, Deployments.all(tenant)));
                assertThat(refused.reason()).isEqualTo("PERMISSION_DENIED");
                assertThat(refused.field()).isEqualTo("tenant_id");
                assertThat(session.end().code()).isEqualTo("4403");
                assertThat(byUrl(node, named.path(Row.SUBSCRIBE, ROOM)))
                        .isEqualTo(byUrl(node, named.path(Row.SUBSCRIBE, "none")));
            }
        }
    }

    private Dialogue connect(NodeProcess node) {
        return closing(Dialogue.on(node.webSocket("/ws"), there.token, WsClient.PROTO));
    }

    private Outcome byUrl(NodeProcess node, String path) {
        Outcome refused = closing(Dialogue.on(node.webSocket(path), there.token, WsClient.JSON))
                .subscribed();
        assertThat(refused.reason()).isEqualTo("PERMISSION_DENIED");
        assertThat(refused.code()).isEqualTo("4403");
        return refused;
    }

    /** The request with this tenant in it. */
    private static SessionRequest naming(String tenant, SessionRequest request) {
        if (request.hasAsk()) {
            SessionRequest.Builder ask = request.toBuilder();
            ask.getAskBuilder().getPublishBuilder().setTenantId(tenant);
            return ask.build();
        }
        FieldDescriptor kind = request.getAllFields().keySet().iterator().next();
        Message.Builder asked = ((Message) request.getField(kind)).toBuilder();
        FieldDescriptor field = asked.getDescriptorForType().findFieldByName("tenant_id");
        return request.toBuilder()
                .setField(kind, asked.setField(field, tenant).build())
                .build();
    }
}

package io.plexspaces.processgroups.cluster;

import static io.plexspaces.processgroups.e2e.GrpcClient.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.token.Issuer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Callers with tokens on three servers: tenants see nothing of each other, and rights go where their session goes. */
class TokensIT extends OnNodes {
    private static final String SECRET = "a secret of the tests, of 32 bytes";
    private static final Issuer ISSUER = Issuer.secret(SECRET.getBytes(UTF_8));
    private static final String ROOM = "room";

    /** How long a stream may live longer than its token. */
    private static final Duration LATE = Duration.ofSeconds(6);

    @Override
    Map<String, String> environment() {
        return Map.of(
                "PROCESSGROUPS_AUTH", "jwt",
                "PROCESSGROUPS_AUTH_SHARED_SECRET", SECRET,
                // Longer than a server is paused here.
                "PROCESSGROUPS_NODE_LEASE_TTL", "20S");
    }

    private static String token(String tenant, Instant end, Map<String, ?> rule) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("tenant", tenant);
        claims.put("sub", "ann");
        claims.put("exp", end.getEpochSecond());
        claims.put("processgroups", List.of(rule));
        return ISSUER.token(claims);
    }

    private static String all(String tenant) {
        return token(tenant, Instant.now().plusSeconds(600), Map.of("ops", List.of("*"), "actors", List.of("*")));
    }

    private static String joining(String tenant, String... groups) {
        return token(tenant, Instant.now().plusSeconds(600), Map.of("ops", List.of("join"), "groups", List.of(groups)));
    }

    private static RenewLeaseRequest renewal(String tenant, String lease) {
        return RenewLeaseRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName(ROOM)
                .setActorId("leased")
                .setLeaseId(lease)
                .build();
    }

    private static JoinGroupRequest.Builder leased() {
        return JoinGroupRequest.newBuilder()
                .setGroupName(ROOM)
                .setActorId("leased")
                .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(60));
    }

    @Test
    void equalNames_ofTwoTenants_meetOnNoServer() {
        String other = "other-" + tenant;
        GrpcClient here = on("a").withToken(all(tenant));
        here.create(ROOM);
        on("b").forTenant(other).withToken(all(other)).create(ROOM);
        var ann = here.subscribe(ROOM, "ann");
        String lease = here.join(leased()).getLeaseId();
        String resumeToken =
                ann.awaitEvent(Event::hasSubscribed).getSubscribed().getResumeToken();
        here.publish(ROOM, "", "of here");
        here.create("only-here");
        ListGroupsResponse page = here.list("", 1, "");
        Position position = Position.newBuilder()
                .setEpoch(ann.events().get(0).getSubscribed().getEpoch())
                .setOffset(1)
                .build();

        for (String node : Nodes.NAMES) {
            GrpcClient there = closing(on(node).forTenant(other).withToken(all(other)));
            var watch = there.watchNamespace();
            assertThat(there.members(ROOM)).as(node).doesNotContain("leased");
            assertThat(groups(there)).as(node).containsExactly(ROOM);
            assertThat(there.calls
                            .fetchMessages(FetchMessagesRequest.newBuilder()
                                    .setTenantId(other)
                                    .setGroupName(ROOM)
                                    .setAfter(position)
                                    .build())
                            .getEventsList())
                    .noneMatch(event -> event.toString().contains("of here"));
            assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> there.calls.renewLease(renewal(other, lease)));
            assertFails("GROUP_NOT_FOUND", Status.Code.NOT_FOUND, () -> there.join("only-here", "ann"));
            assertThat(shownBy(there, page.getNextPageToken())).isSubsetOf(ROOM);

            var stranger = there.subscribe(SubscribeRequest.newBuilder()
                    .setGroupName(ROOM)
                    .setActorId("ann")
                    .setResumeToken(resumeToken)
                    .setAfter(position));
            assertThat(stranger.events().stream().filter(Event::hasSubscribed))
                    .as("resumed on %s", node)
                    .allMatch(event -> !event.getSubscribed().getRecovered());
            there.publish(ROOM, "", "of there");
            assertThat(stranger.awaitTexts(1)).containsOnly("of there");
            stranger.cancel();
            here.publish(ROOM, "", "of here, again");
            assertThat(watch.events()).noneMatch(event -> event.toString().contains("only-here"));
            refused(on(node).forTenant(tenant).withToken(all(other)));
        }
        assertThat(ann.awaitTexts(1 + Nodes.NAMES.size())).allMatch(text -> text.startsWith("of here"));
        assertThat(here.members(ROOM)).containsExactly("ann", "leased");
        assertThat(here.calls.renewLease(renewal(tenant, lease)).hasExpiresAt()).isTrue();
    }

    /** A page token of another tenant leads to nothing, whatever becomes of it. */
    private static List<String> shownBy(GrpcClient client, String pageToken) {
        try {
            return client.list("", 10, pageToken).getGroupsList().stream()
                    .map(ProcessGroup::getGroupName)
                    .toList();
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            return List.of();
        }
    }

    private static Set<String> groups(GrpcClient client) {
        Set<String> names = new TreeSet<>();
        client.list("", 100, "").getGroupsList().forEach(group -> names.add(group.getGroupName()));
        return names;
    }

    /** The same for a group that is there and one that is not. */
    private static void refused(GrpcClient stranger) {
        List<Consumer<String>> calls = List.of(
                stranger::create,
                stranger::delete,
                group -> stranger.join(group, "ann"),
                group -> stranger.leave(group, "ann"),
                stranger::members,
                group -> stranger.publish(group, "", "x"),
                group -> stranger.list(group, 10, ""));
        for (Consumer<String> call : calls) {
            Set<String> told = new TreeSet<>();
            for (String group : List.of(ROOM, "none")) {
                StatusRuntimeException failure =
                        Assertions.catchThrowableOfType(StatusRuntimeException.class, () -> call.accept(group));
                assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
                told.add(failure.getStatus().getDescription());
            }
            assertThat(told).hasSize(1);
        }
        for (String group : List.of(ROOM, "none")) {
            assertThat(stranger.subscribe(group, "ann").awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(stranger.watch(group).awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        assertThat(refusal(stranger.session("ann"))).isEqualTo("PERMISSION_DENIED");
    }

    /** Of the request that opens it. */
    private static String refusal(GrpcSession session) {
        return session.events().get(0).getAnswer().getError().getReason();
    }

    @Test
    void sessionThatGoesToAnotherServer_hasTheRightsOfItsNewToken() {
        GrpcClient manager = on("c").withToken(all(tenant));
        Stream.of("kept", "lost").forEach(manager::create);
        var watch = manager.watch("lost");
        GrpcSession first = on("a").withToken(joining(tenant, "kept", "lost")).session("ann");
        String resumeToken = first.opened().getResumeToken();
        for (String group : List.of("kept", "lost")) {
            assertThat(first.ask(SessionRequest.newBuilder()
                                    .setJoin(SubscribeRequest.newBuilder().setGroupName(group)))
                            .hasError())
                    .isFalse();
        }
        SessionOpen.Builder resuming =
                SessionOpen.newBuilder().setActorId("ann").setResumeToken(resumeToken);

        GrpcSession withoutToken = closing(on("b").session(resuming));
        assertThat(withoutToken.stream().awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        GrpcSession stranger = closing(on("b").withToken(all("other-" + tenant)).session(resuming));
        assertThat(refusal(stranger)).isEqualTo("PERMISSION_DENIED");
        assertThat(first.stream().end()).isNull();

        GrpcSession second = closing(on("b").withToken(joining(tenant, "kept")).session(resuming));
        assertThat(second.opened().getResumed()).isTrue();
        assertThat(watch.awaitEvent(Event::hasLeft).getLeft().getReason()).isEqualTo(LeaveReason.EVICTED);
        assertThat(manager.members("kept")).containsExactly("ann");
        assertThat(manager.members("lost")).isEmpty();
        assertThat(second.ask(SessionRequest.newBuilder()
                                .setJoin(SubscribeRequest.newBuilder().setGroupName("lost")))
                        .getError()
                        .getReason())
                .isEqualTo("PERMISSION_DENIED");
        assertThat(second.ask(SessionRequest.newBuilder()
                                .setJoin(SubscribeRequest.newBuilder().setGroupName("kept")))
                        .hasError())
                .isFalse();
        manager.publish("kept", "", "to the new place");
        assertThat(second.stream().awaitTexts(1)).containsExactly("to the new place");
    }

    @Test
    void everyStream_endsWithItsToken_alsoOnAServerThatWasPaused() {
        on("c").withToken(all(tenant)).create(ROOM);
        Instant end = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 6);
        String token = token(tenant, end, Map.of("ops", List.of("*"), "actors", List.of("*")));
        GrpcClient client = on("a").withToken(token);
        Map<String, String> header = Map.of("Authorization", "Bearer " + token);
        List<EventStream<?, ?>> streams = List.of(
                client.subscribe(ROOM, "ann"),
                client.watch(ROOM),
                client.watchNamespace(),
                client.session("bob").stream());
        WsClient url = closing(WsClient.connect(
                nodes.get("a").webSocket("/ws/" + tenant + "/default/" + ROOM + "?actor=tab"), WsClient.JSON, header));
        WsClient session = closing(WsClient.connect(nodes.get("a").webSocket("/ws"), WsClient.JSON, header));
        session.send("{\"requestId\":1,\"open\":{\"tenantId\":\"" + tenant + "\",\"actorId\":\"sid\"}}");
        session.awaitJson("/answer/opened");
        url.awaitJson("/subscribed");

        // From before the token's end until after it.
        pass(Duration.between(Instant.now(), end.minusSeconds(2)));
        nodes.get("a").signal("STOP");
        pass(Duration.ofSeconds(4));
        nodes.get("a").signal("CONT");

        for (EventStream<?, ?> stream : streams) {
            assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
        assertThat(url.awaitClosed().code()).isEqualTo(4401);
        assertThat(session.awaitClosed().code()).isEqualTo(4401);
        assertThat(Duration.between(end, Instant.now())).isLessThan(LATE);
    }
}

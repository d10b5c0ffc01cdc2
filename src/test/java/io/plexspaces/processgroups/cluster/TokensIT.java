package io.plexspaces.processgroups.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.token.Issuer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Callers with tokens on three servers: rights go where their session goes, and end with their token. */
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

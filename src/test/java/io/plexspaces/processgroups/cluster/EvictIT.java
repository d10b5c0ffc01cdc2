package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.plexspaces.processgroups.e2e.EventStream;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.e2e.WsClient;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Somebody is evicted and banned, while it is connected to several servers of one store. */
class EvictIT extends OnNodes {
    private static final String ROOM = "room";
    private static final String HALL = "hall";

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }

    private static void isBanned(ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(failure -> assertThat(GrpcClient.reasonOf(failure)).isEqualTo("BANNED"));
    }

    private static void join(GrpcSession session, String group) {
        assertThat(session.ask(SessionRequest.newBuilder()
                                .setJoin(SubscribeRequest.newBuilder().setGroupName(group)))
                        .hasError())
                .isFalse();
    }

    private static void isEnded(EventStream<?, ?> stream) {
        assertThat(stream.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(GrpcClient.reasonOf(stream.failure())).isEqualTo("EVICTED");
    }

    private WsClient browser(String node) {
        return closing(WsClient.connect(
                nodes.get(node).webSocket("/ws/" + tenant + "/default/" + ROOM + "?actor=ann"), WsClient.JSON));
    }

    @Test
    void banInAGroup_holdsOnEveryServer() {
        GrpcClient a = on("a");
        a.create(ROOM);
        var onB = on("b").subscribe(ROOM, "ann");
        a.join(ROOM, "ann");
        assertThat(on("c").ban(ROOM, "ann", 600).getJoins()).isEqualTo(2);
        isEnded(onB);
        for (String node : Nodes.NAMES) {
            isBanned(() -> on(node).join(ROOM, "ann"));
            assertThat(on(node).members(ROOM)).isEmpty();
        }
        on("b").ban(ROOM, "ann", 0);
        assertThat(a.join(ROOM, "ann").getJoinCount()).isEqualTo(1);
    }

    @Test
    void evictionFromTheTenant_endsSessionsOfAllServers_andKeepsTheActorOut() {
        GrpcClient a = on("a");
        a.create(ROOM);
        a.create(HALL);
        GrpcSession onA = a.session("ann");
        join(onA, ROOM);
        join(onA, HALL);
        GrpcSession onB = on("b").session("ann");
        join(onB, HALL);
        WsClient onC = browser("c");
        onC.awaitEvents(1);
        a.join(ROOM, "ann");
        GrpcSession bob = on("b").session("bob");
        join(bob, ROOM);
        GrpcSession away = on("b").session("ann");
        join(away, ROOM);
        String token = away.opened().getResumeToken();
        away.close();

        long begun = System.nanoTime();
        on("c").banEverywhere("ann", 600);
        isEnded(onA.stream());
        isEnded(onB.stream());
        assertThat(onC.awaitClosed().code()).isEqualTo(4410);
        say("sessions of an evicted actor on three servers ended after " + (System.nanoTime() - begun) / 1_000_000
                + " ms");
        for (String node : Nodes.NAMES) {
            soon().untilAsserted(() -> assertThat(on(node).members(ROOM)).containsExactly("bob"));
            soon().untilAsserted(() -> assertThat(on(node).members(HALL)).isEmpty());
            isBanned(() -> on(node).join(ROOM, "ann"));
            // A server may open one until it has read of the eviction, and ends it then.
            soon().untilAsserted(() -> {
                GrpcSession refused = on(node).session(
                                SessionOpen.newBuilder().setActorId("ann").setResumeToken(token));
                assertThat(refused.events().get(0).getAnswer().getError().getReason())
                        .isEqualTo("BANNED");
            });
            assertThat(browser(node).awaitClosed().code()).isEqualTo(4410);
        }
        assertThat(bob.stream().end()).isNull();

        on("a").banEverywhere("ann", 0);
        soon().untilAsserted(() -> {
            GrpcSession again = on("b").session("ann");
            assertThat(again.events().get(0).getAnswer().hasError()).isFalse();
            join(again, HALL);
        });
    }

    /** Clients come back as fast as they can, on every server, while it happens. */
    @Test
    void noJoin_slipsThrough_whileTheActorComesBackEverywhere() throws Exception {
        GrpcClient a = on("a");
        List<String> groups = List.of("g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8");
        groups.forEach(a::create);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger joined = new AtomicInteger();
        List<Thread> clients = Nodes.NAMES.stream()
                .map(node -> {
                    GrpcClient client = on(node);
                    return new Thread(() -> {
                        for (int i = 0; !stop.get(); i++) {
                            try {
                                client.join(groups.get(i % groups.size()), "ann");
                                joined.incrementAndGet();
                            } catch (RuntimeException refused) {
                                assertThat(GrpcClient.reasonOf(refused)).isEqualTo("BANNED");
                            }
                        }
                    });
                })
                .toList();
        clients.forEach(Thread::start);
        soon().until(() -> joined.get() > 200);
        on("b").banEverywhere("ann", 600);
        groups.forEach(group -> assertThat(on("c").members(group)).as(group).isEmpty());
        int before = joined.get();
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }
        assertThat(joined.get() - before).as("answers that were under way").isLessThanOrEqualTo(3);
        groups.forEach(group -> assertThat(on("a").members(group)).as(group).isEmpty());
    }
}

package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.faults.FaultInjection;
import io.plexspaces.processgroups.faults.FaultPoints;
import io.plexspaces.processgroups.faults.Faults;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each callback between a WebSocket and the core throws at random for a while. Every handshake is answered, and every
 * client goes on to get answers and messages, or its connection ends.
 */
@QuarkusTest
@Isolated
class WebSocketFaultsTest extends LiveServer {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TURNS = 6;
    private static final int LOUD_TURNS = 30;
    private static final int MOST_TURNS = 400;
    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final int MOST_CLIENTS = 40;

    /** More than a socket takes at once, so that transports fill up and drain. */
    private static final String LARGE = "x".repeat(60_000);

    private static final List<String> POINTS = List.of(
            "api.websocket.FrameReader#channelInactive",
            "api.websocket.FrameReader#channelRead",
            "api.websocket.FrameReader#channelReadComplete",
            "api.websocket.FrameReader#channelWritabilityChanged",
            "api.websocket.FrameReader#data",
            "api.websocket.FrameReader#dispatch",
            "api.websocket.FrameReader#resume",
            "api.websocket.FrameReader#start",
            "api.websocket.GroupEndpoint#open",
            "api.websocket.GroupEndpoint#receive",
            "api.websocket.GroupEndpoint#subscribe",
            "api.websocket.Heartbeat#add",
            "api.websocket.Heartbeat#remove",
            "api.websocket.Heartbeat#tick",
            "api.websocket.format.JsonFormatted#encode",
            "api.websocket.format.FrameFormat#join",
            "api.websocket.format.JsonFormatted#read",
            "api.websocket.Peer#check",
            "api.websocket.Peer#closing",
            "api.websocket.Peer#ended",
            "api.websocket.Peer#isBusy",
            "api.websocket.Peer#message",
            "api.websocket.Peer#ping",
            "api.websocket.Peer#readMore",
            "api.websocket.Peer#writable",
            "api.websocket.Peers#close",
            "api.websocket.Peers#isUpgraded",
            "api.websocket.Peers#leaveHttp",
            "api.websocket.Peers#open",
            "api.websocket.Peers#start",
            "api.websocket.format.ProtoFormatted#encode",
            "api.websocket.SessionEndpoint#open",
            "api.format.SubscribeUrl#read",
            "api.websocket.UpgradeCheck#perform",
            "api.websocket.UpgradeCheck#readerOf",
            "api.websocket.WebSocketSink#close",
            "api.websocket.WebSocketSink#flush",
            "api.websocket.WebSocketSink#peerCloses",
            "api.websocket.WebSocketSink#ready",
            "api.websocket.WebSocketSink#write");

    @RegisterExtension
    static final FaultInjection FAULTS = new FaultInjection(POINTS);

    private final List<CompletableFuture<?>> handshakes = new ArrayList<>();
    private final List<Talk> talks = new ArrayList<>();
    private final Queue<WsClient> refused = new ConcurrentLinkedQueue<>();
    private int named;

    static List<String> points() {
        return POINTS;
    }

    @AfterEach
    void end() {
        Faults.disarm();
        talks.forEach(talk -> talk.client.close());
    }

    @Test
    void everyPoint_isAMethodOfTheProduct() {
        assertThat(FaultPoints.missing(POINTS)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("points")
    void callbackThatThrows_leavesNobodyWaiting(String point) {
        client.create("room");
        connectSome();
        await().atMost(SOON).until(() -> talks.size() == 4);

        long thrown = Faults.thrown();
        Faults.arm(Set.of(point), 0.3);
        for (int turn = 0; turn < TURNS || (turn < MOST_TURNS && Faults.thrown() == thrown); turn++) {
            act(turn);
        }
        Faults.disarm();
        assertThat(Faults.thrown()).as("thrown").isGreaterThan(thrown);

        await().atMost(SOON).until(() -> handshakes.stream().allMatch(CompletableFuture::isDone));
        await().atMost(SOON.multipliedBy(2)).until(() -> refused.stream().allMatch(WebSocketFaultsTest::isClosed));
        // A member that joins after the last message does not get it.
        await().atMost(SOON).untilAsserted(() -> assertThat(allTalks()).allSatisfy(talk -> assertThat(talk.isSettled())
                .as("%s is answered, or has ended", talk)
                .isTrue()));
        client.publish("room", "", "after all");
        await().atMost(SOON).untilAsserted(() -> assertThat(allTalks()).allSatisfy(talk -> assertThat(talk.isWell())
                .as("%s goes on, or has ended", talk)
                .isTrue()));
    }

    private void connectSome() {
        String group = "/" + tenant + "/default/room?actor=a" + named++;
        for (String subprotocol : List.of(WsClient.JSON, WsClient.PROTO)) {
            open(group, subprotocol, false);
        }
        open("", WsClient.JSON, true);
        open("", WsClient.JSON, true);
    }

    private void open(String pathAndQuery, String subprotocol, boolean session) {
        URI address = URI.create(webSocket.toString().replaceFirst("^http", "ws") + pathAndQuery);
        String actor = "s" + named++;
        handshakes.add(WsClient.connecting(address, subprotocol).thenAccept(opened -> {
            Talk talk = new Talk(opened, session);
            synchronized (talks) {
                talks.add(talk);
            }
            if (session) {
                talk.ask("\"open\":{\"tenantId\":\"%s\",\"actorId\":\"%s\"}".formatted(tenant, actor));
                talk.ask("\"join\":{\"groupName\":\"room\"}");
            }
        }));
    }

    private List<Talk> allTalks() {
        synchronized (talks) {
            return List.copyOf(talks);
        }
    }

    private void act(int turn) {
        List<Talk> now = allTalks();
        // A point that is seldom reached waits for its turn, and not under a load that grows with the turns.
        for (int i = 0; i < now.size(); i++) {
            now.get(i).act(turn, turn < LOUD_TURNS || i == turn % now.size());
        }
        if (turn % 3 == 0 && now.size() < MOST_CLIENTS) {
            connectSome();
        }
        if (turn % 4 == 3) {
            now.get(now.size() - 1 - turn % 2).leave(turn % 8 == 3);
        }
        misbehave();
        pause();
    }

    /** A client that the server closes: a session in JSON has no binary frames. */
    private void misbehave() {
        URI address = URI.create(webSocket.toString().replaceFirst("^http", "ws"));
        handshakes.add(WsClient.connecting(address, WsClient.JSON).thenAccept(opened -> {
            opened.socket().sendBinary(ByteBuffer.allocate(1), true).exceptionally(lost -> null);
            refused.add(opened);
        }));
    }

    /** The platform's client may overlook an end until it sends something. */
    private static boolean isClosed(WsClient client) {
        if (client.closed() == null) {
            client.socket().sendPing(ByteBuffer.allocate(1)).exceptionally(lost -> {
                client.close();
                return null;
            });
        }
        return client.closed() != null || client.socket().isOutputClosed();
    }

    private static void pause() {
        long end = System.nanoTime() + PAUSE.toNanos();
        await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() > end);
    }

    /** A client and what it has asked for. */
    private static final class Talk {
        final WsClient client;
        private final boolean session;
        private int asked;
        private volatile boolean left;

        Talk(WsClient client, boolean session) {
            this.client = client;
            this.session = session;
        }

        void act(int turn, boolean publishes) {
            if (!left && client.closed() == null) {
                ping();
                if (session && publishes) {
                    ask("\"publish\":{\"groupName\":\"room\",\"message\":{\"text\":\"%s\"}}"
                            .formatted(turn % 3 == 0 ? LARGE : "m" + turn));
                }
            }
        }

        private void ping() {
            client.socket().sendPing(ByteBuffer.allocate(4)).exceptionally(lost -> {
                left = true;
                return null;
            });
        }

        /** A session's next request; one that cannot be sent is none. */
        synchronized void ask(String request) {
            int id = asked + 1;
            try {
                client.send("{\"requestId\":%d,%s}".formatted(id, request));
                asked = id;
            } catch (RuntimeException lost) {
                left = true;
            }
        }

        void leave(boolean politely) {
            left = true;
            if (politely) {
                client.socket().sendClose(1000, "").exceptionally(lost -> null);
            } else {
                client.close();
            }
        }

        boolean isSettled() {
            return isEndedOr(isAnswered());
        }

        boolean isWell() {
            return isEndedOr(client.texts().contains("after all") && isAnswered());
        }

        /** The platform's client may overlook an end in the middle of a frame: it finds out when it sends something. */
        private boolean isEndedOr(boolean well) {
            boolean expected = left || client.closed() != null || well;
            if (!expected) {
                ping();
            }
            return expected;
        }

        private synchronized boolean isAnswered() {
            return !session
                    || client.json().stream()
                                    .filter(event -> event.has("answer"))
                                    .count()
                            >= asked;
        }

        @Override
        public String toString() {
            return (session ? "session, asked " + asked : "subscriber") + ", got "
                    + client.json().stream()
                            .filter(event -> event.has("answer"))
                            .count() + " answers, "
                    + client.texts().size() + " texts";
        }
    }
}

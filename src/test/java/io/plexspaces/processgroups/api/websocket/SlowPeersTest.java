package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.api.OpenConnections;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.value.registry.ValueRegistry;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Peers of the HTTP port that take their time before they are WebSockets, and requests that are none of ours. */
@QuarkusTest
@TestProfile(HeartbeatTest.Quick.class)
class SlowPeersTest {
    private static final String LIVE = "GET /q/health/live HTTP/1.1\r\nHost: localhost\r\n";

    @TestHTTPResource("/ws")
    URI session;

    @Inject
    OpenConnections open;

    @Inject
    ValueRegistry values;

    private RawClient sending(String request) throws IOException {
        RawClient client = RawClient.connect(session);
        client.write(request.getBytes(ISO_8859_1));
        return client;
    }

    @Test
    void halfARequest_isClosed() throws Exception {
        try (RawClient silent = RawClient.connect(session);
                RawClient half = sending(LIVE);
                RawClient body = sending(LIVE + "Content-Length: 5\r\n\r\nbo")) {
            assertThat(silent.isAtEnd()).isTrue();
            assertThat(half.isAtEnd()).isTrue();
            assertThat(body.rest()).startsWith("HTTP/1.1 200 ");
        }
        await().untilAsserted(() -> assertThat(open.open()).isZero());
    }

    @Test
    void upgradeWithHalfABody_isClosed() throws Exception {
        String upgrade = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
        try (RawClient half = sending(upgrade + "Content-Length: 5\r\n\r\nbo")) {
            assertThat(half.rest()).isEmpty();
        }
    }

    @Test
    void drippingRequest_isClosed() throws Exception {
        try (RawClient slow = sending(LIVE)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            slow.write("X".getBytes(UTF_8));
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void connectionBetweenRequests_isClosedWhenIdle_andServedUntilThen() throws Exception {
        try (RawClient idle = sending(LIVE + "\r\n" + LIVE + "\r\n")) {
            assertThat(idle.rest().split("HTTP/1.1 200 ", -1)).hasSize(3);
        }
    }

    @Test
    void webSocketThatOpensNoSession_isClosed4408() throws Exception {
        try (RawClient waiting = RawClient.upgraded(session)) {
            waiting.text("{\"requestId\":1,\"join\":{\"groupName\":\"g\"}}");
            RawClient.Received close = waiting.readClose();

            assertThat(close.closeCode()).isEqualTo(4408);
            assertThat(new String(close.payload(), 2, close.payload().length - 2, UTF_8))
                    .isEqualTo("PEER_TIMEOUT: no session was opened in time");
        }
    }

    @Test
    void nameThatWasMadeToLeadHere_getsNothing() throws Exception {
        String foreign = "Host: evil.example:" + session.getPort() + "\r\nOrigin: http://evil.example:"
                + session.getPort() + "\r\n";
        try (RawClient metrics = sending("GET /q/metrics HTTP/1.1\r\n" + foreign + "\r\n");
                RawClient page =
                        sending("GET /ws HTTP/1.1\r\n" + foreign + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")) {
            assertThat(metrics.rest()).startsWith("HTTP/1.1 403 ").contains("processgroups.websocket.allowed-origins");
            assertThat(page.head()).startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void url_isReadAsBrowsersDo_orExplained() throws Exception {
        String upgrade = " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        try (RawClient raw = sending("GET /ws/t/default/g?actor=a&topics=x.>" + upgrade);
                RawClient wrong = sending("GET /ws/t/default/g?actor=%zz" + upgrade)) {
            assertThat(raw.head()).startsWith("HTTP/1.1 101 ");
            assertThat(raw.readClose().closeCode()).isEqualTo(4404);
            assertThat(wrong.rest()).startsWith("HTTP/1.1 400 ").contains("the URL cannot be read");
        }
    }

    @Test
    void linesOfSubprotocols_allCount() throws Exception {
        try (RawClient raw = RawClient.connect(session)) {
            assertThat(raw.handshake(
                            session,
                            "Sec-WebSocket-Version: 13\r\n",
                            "Sec-WebSocket-Protocol: chat\r\n",
                            "Sec-WebSocket-Protocol: processgroups.v1.proto\r\n"))
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("sec-websocket-protocol: processgroups.v1.proto");
        }
    }

    /** Its listener is among the same event loops. */
    @Test
    void connectionOfGrpc_isNotTakenForOne() throws Exception {
        int port = values.get(GrpcServer.GRPC_SERVER).getPort();
        try (Socket grpc = new Socket(session.getHost(), port);
                RawClient silent = RawClient.connect(session)) {
            assertThat(silent.isAtEnd()).isTrue();

            grpc.setSoTimeout(1);
            assertThatThrownBy(() -> readAll(grpc)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static void readAll(Socket socket) throws IOException {
        socket.getInputStream().readAllBytes();
    }
}

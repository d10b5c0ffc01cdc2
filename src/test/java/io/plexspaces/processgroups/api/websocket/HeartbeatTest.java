package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.e2e.GrpcClient;
import io.quarkus.arc.Arc;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.value.registry.ValueRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(HeartbeatTest.Quick.class)
class HeartbeatTest {
    private static final Duration PING = Duration.ofMillis(200);
    private static final Duration PONG = Duration.ofMillis(400);

    private static final int LARGE_BYTES = 800_000;
    private static final int STEP_BYTES = 10_000;
    private static final Duration STEP = Duration.ofMillis(30);

    /** Without an id: nothing is answered. */
    private static final String OPEN = "{\"open\":{\"tenantId\":\"t\",\"actorId\":\"a\"}}";

    @TestHTTPResource("/ws")
    URI session;

    public static final class Quick implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "processgroups.websocket.ping-interval", PING.toMillis() + "ms",
                    "processgroups.websocket.pong-timeout", PONG.toMillis() + "ms",
                    "processgroups.websocket.open-timeout", "500ms",
                    "processgroups.http.request-timeout", "300ms",
                    "quarkus.http.idle-timeout", "1S");
        }
    }

    @Test
    void peer_thatAnswersNoPing_isClosed4408() throws Exception {
        try (RawClient silent = RawClient.upgraded(session)) {
            Instant opened = Instant.now();
            silent.text(OPEN);
            assertThat(silent.read().opcode()).isEqualTo(0x9);

            RawClient.Received close = silent.readClose();

            assertThat(close.closeCode()).isEqualTo(4408);
            assertThat(new String(close.payload(), 2, close.payload().length - 2, UTF_8))
                    .isEqualTo("PEER_TIMEOUT: no sign of life");
            assertThat(Duration.between(opened, Instant.now())).isGreaterThan(PONG);
        }
    }

    @Test
    void peer_thatAnswersPings_stays() throws Exception {
        try (RawClient alive = RawClient.upgraded(session)) {
            alive.text(OPEN);
            Instant until = Instant.now().plus(PING.plus(PONG).multipliedBy(3));
            while (Instant.now().isBefore(until)) {
                RawClient.Received ping = alive.read();
                assertThat(ping.opcode()).isEqualTo(0x9);
                alive.write(RawClient.masked(0x8A, ping.payload()));
            }
        }
    }

    /** No ping gets past a large message, for longer than a peer may be silent. */
    @Test
    void peer_thatTakesALargeMessageSlowly_stays() throws Exception {
        String tenant = "t-" + UUID.randomUUID();
        URI url = URI.create(session + "/" + tenant + "/default/room?actor=slow");
        try (GrpcClient publisher = GrpcClient.connect(grpcPort(), tenant)) {
            publisher.create("room");
            try (RawClient slow = RawClient.upgradedWithBuffer(url, 4096)) {
                assertThat(slow.read().opcode()).isEqualTo(0x1);
                publisher.publish("room", "", "x".repeat(LARGE_BYTES));
                Instant begin = Instant.now();
                int length = slow.beginText();
                assertThat(length).isGreaterThan(LARGE_BYTES);
                for (int rest = length; rest > 0; rest -= STEP_BYTES) {
                    slow.bytes(Math.min(rest, STEP_BYTES));
                    LockSupport.parkNanos(STEP.toNanos());
                }
                assertThat(Duration.between(begin, Instant.now())).isGreaterThan(PING.plus(PONG));
                assertThat(slow.read().opcode())
                        .as("a ping, and no close frame")
                        .isEqualTo(0x9);
            }
        }
    }

    private static int grpcPort() {
        return Arc.container()
                .instance(ValueRegistry.class)
                .get()
                .get(GrpcServer.GRPC_SERVER)
                .getPort();
    }

    /** A peer that sends no pong but something else is alive, too. */
    @Test
    void peer_thatSendsHalfAFrame_stays() throws Exception {
        try (RawClient slow = RawClient.upgraded(session)) {
            slow.text(OPEN);
            slow.write(RawClient.header(0x81, 1000));
            Instant until = Instant.now().plus(PING.plus(PONG).multipliedBy(3));
            while (Instant.now().isBefore(until)) {
                assertThat(slow.read().opcode()).isEqualTo(0x9);
                slow.write(new byte[] {1});
            }
        }
    }
}

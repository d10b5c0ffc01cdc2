package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(HeartbeatTest.Quick.class)
class HeartbeatTest {
    private static final Duration PING = Duration.ofMillis(200);
    private static final Duration PONG = Duration.ofMillis(400);

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

package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.api.OpenConnections;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health and metrics on a listener of their own: on no other, and nothing else there. */
@QuarkusTest
@TestProfile(ManagementTest.Managed.class)
@Timeout(30)
class ManagementTest {
    private static final int PORT = freePort();
    private static final String CALLS = "/plexspaces.processgroups.v1.ProcessGroupService/";

    @TestHTTPResource("/")
    URI http;

    @Inject
    OpenConnections open;

    public static final class Managed implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "processgroups.management.enabled", "true",
                    "processgroups.management.port", String.valueOf(PORT),
                    "processgroups.limits.connections", "10",
                    "processgroups.http.request-timeout", "2S");
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All of the answer, to its end. */
    private static String get(int port, String target, String host, String... headers) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n"
                    + String.join(
                            "", List.of(headers).stream().map(h -> h + "\r\n").toList())
                    + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String get(int port, String target) {
        return get(port, target, "localhost");
    }

    @Test
    void managementListener_hasHealthAndMetrics() {
        assertThat(get(PORT, "/q/health/ready")).startsWith("HTTP/1.1 200").contains("\"UP\"");
        assertThat(get(PORT, "/q/health/live")).startsWith("HTTP/1.1 200").contains("\"UP\"");
        assertThat(get(PORT, "/q/metrics"))
                .startsWith("HTTP/1.1 200")
                .contains("plexspaces_process_groups_connections");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/health/ready",
                "/q/metrics",
                "/q/",
                "//q/metrics",
                "/q//metrics",
                "/%71/metrics",
                "/./q/metrics",
                "/ws/../q/health",
                "/ws/%2e%2e/q/health",
                "/q/metrics?x=/ws",
                "/q/metrics;x=1"
            })
    void listenerForClients_hasNeither_howeverTheyAreWritten(String target) {
        String answer = get(http.getPort(), target);
        assertThat(answer).startsWith("HTTP/1.1 404").doesNotContain("plexspaces_", "\"UP\"");
    }

    @Test
    void listenerForClients_saysWhereTheyAre() {
        assertThat(get(http.getPort(), "/q/health/ready")).contains("processgroups.management.port");
    }

    @Test
    void managementListener_hasNothingElse() {
        assertThat(get(PORT, "/")).startsWith("HTTP/1.1 404").contains("/q/health");
        assertThat(get(PORT, "/examples/chat.html")).startsWith("HTTP/1.1 404").contains("/console/");
    }

    @Test
    void console_isOnTheManagementListenerAlone_withTheApiThatItUses() {
        assertThat(get(PORT, "/console/"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("content-security-policy: default-src 'none'; connect-src 'self'")
                .contains("script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(get(PORT, "/console/status"))
                .startsWith("HTTP/1.1 200")
                .contains("\"incarnation\":", "\"charts\":", "\"kind\":\"memory\"");
        assertThat(get(PORT, CALLS + "ListGroups")).startsWith("HTTP/1.1 405");
        assertThat(upgrade(PORT, "/ws"))
                .startsWith("HTTP/1.1 101")
                .containsIgnoringCase("sec-websocket-protocol: processgroups.v1.json")
                .doesNotContainIgnoringCase("permessage-deflate");
        assertThat(get(http.getPort(), "/console/")).startsWith("HTTP/1.1 404").contains("management.port");
        assertThat(get(http.getPort(), "/console/status"))
                .startsWith("HTTP/1.1 404")
                .doesNotContain("incarnation");
    }

    /** The head of the answer. */
    private static String upgrade(int port, String target) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                    + "Sec-WebSocket-Protocol: processgroups.v1.json\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
            return head.toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void startPage_saysWhereTheyAre() {
        assertThat(get(http.getPort(), "/")).contains("http://127.0.0.1:" + PORT + "/console/");
        assertThat(get(http.getPort(), "/", "localhost", "Accept: application/json"))
                .contains("\"metrics\":\"http://127.0.0.1:" + PORT + "/q/metrics\"");
    }

    /** A page whose name was made to lead to this machine reads nothing, also where clients come from elsewhere. */
    @Test
    void managementListener_isForItsOwnHostAlone() {
        assertThat(get(PORT, "/q/metrics", "evil.example")).startsWith("HTTP/1.1 403");
        assertThat(get(PORT, "/q/metrics", "evil.example", "Upgrade: websocket"))
                .startsWith("HTTP/1.1 403");
        assertThat(get(PORT, "/q/metrics", "127.0.0.1:" + PORT)).startsWith("HTTP/1.1 200");
    }

    @Test
    void halfRequests_end() throws IOException {
        for (Socket each : halfRequests(PORT, 5)) {
            try (each) {
                assertThat(each.getInputStream().readAllBytes()).isEmpty();
            }
        }
    }

    private static List<Socket> halfRequests(int port, int count) throws IOException {
        List<Socket> half = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(10_000);
            half.add(socket);
            socket.getOutputStream().write("GET /q/health HTTP/1.1\r\n".getBytes(US_ASCII));
        }
        return half;
    }

    /** Else a flood of clients would have a healthy server restarted. */
    @Test
    void clientsThatTakeAllPlaces_leaveTheManagementListenerItsOwn() throws IOException {
        int all = open.most() + OpenConnections.SPARE;
        List<Socket> clients = halfRequests(http.getPort(), all);
        try {
            await().until(() -> open.open() == all);
            assertThatThrownBy(() -> get(http.getPort(), "/")).isInstanceOf(UncheckedIOException.class);
            assertThat(get(PORT, "/q/health/live")).startsWith("HTTP/1.1 200");
            assertThat(open.open()).as("and takes none of theirs").isEqualTo(all);
        } finally {
            for (Socket each : clients) {
                each.close();
            }
        }
        await().until(() -> open.open() == 0);
    }
}

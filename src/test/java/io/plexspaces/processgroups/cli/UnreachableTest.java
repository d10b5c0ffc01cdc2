package io.plexspaces.processgroups.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cli.Shell.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way not to reach a server ends in one sentence that says what to do. */
class UnreachableTest {
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void open() {
        shell = new Shell(home);
    }

    private void assertSays(int code, Result result, String... words) {
        assertThat(result.err()).contains(words).hasLineCount(1).doesNotContain("Exception");
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "watch"})
    void closedPort_isSaid(String command) throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertSays(
                3,
                shell.run(command, "--server", "127.0.0.1:" + free),
                "nothing listens at 127.0.0.1:" + free,
                "--server");
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "watch"})
    void unknownHost_isSaid(String command) {
        assertSays(3, shell.run(command, "--server", "http://no.such.host.invalid"), "no host no.such.host.invalid");
    }

    @ParameterizedTest
    @CsvSource({
        "ws://127.0.0.1:8080/ws, http://127.0.0.1:8080",
        "wss://h/ws, https://h",
        "grpc://127.0.0.1:9000, HTTP port",
        "http://u:p@h, --token-file",
        "http://, is no address",
        "'a b', is no address",
    })
    void wrongAddress_isSaidBeforeAnythingIsSent(String address, String words) {
        assertSays(2, shell.run("list", "--server", address), words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "watch"})
    void grpcPort_isSaid(String command) throws IOException {
        try (Port port = new Port(SETTINGS)) {
            assertSays(3, shell.run(command, "--server", port.address()), "is the gRPC port", "8080");
        }
    }

    @Test
    void otherProtocol_isSaid() throws IOException {
        try (Port port = new Port("220 mail\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
            assertSays(3, shell.run("list", "--server", port.address()), "does not speak HTTP");
        }
    }

    @Test
    void tlsWhereThereIsNone_isSaid() {
        try (Stub stub = new Stub(200, "{}")) {
            assertSays(
                    3,
                    shell.run(
                            "list",
                            "--timeout",
                            "1s",
                            "--server",
                            stub.address().replace("http:", "https:")),
                    "speaks no TLS",
                    "use http://");
        }
    }

    @ParameterizedTest
    @CsvSource({"404, no process groups", "301, leads elsewhere", "503, no more room", "500, answers HTTP 500"})
    void otherServer_isSaid(int status, String words) {
        try (Stub stub = new Stub(status, "<html>")) {
            assertSays(3, shell.run("list", "--server", stub.address()), words);
        }
    }

    @Test
    void otherServerThatIsHappy_isSaid() {
        try (Stub stub = new Stub(200, "<html>")) {
            assertSays(3, shell.run("list", "--server", stub.address()), "no process groups are served");
            assertSays(3, shell.run("watch", "--server", stub.address()), "no process groups are served");
        }
    }

    @Test
    void silence_endsWithTheTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            assertSays(
                    3,
                    shell.run("list", "--timeout", "100ms", "--server", "127.0.0.1:" + silent.getLocalPort()),
                    "no answer",
                    "--timeout");
        }
    }

    /** Says the same to everybody, and hangs up. */
    private static final class Port implements AutoCloseable {
        private final ServerSocket server;
        private final Thread thread;

        Port(byte[] said) throws IOException {
            server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            thread = new Thread(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        socket.getInputStream().read(new byte[1_000]);
                        socket.getOutputStream().write(said);
                    } catch (IOException closed) {
                        // By this side, or by the other.
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        String address() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}

package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.e2e.GrpcClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as people start it, beside a server as it is packaged: from shells, in pipes, on terminals. */
@Isolated
class CommandLineIT {
    private static final int LINES = 20_000;

    /** As the packaged program has it, too; tests of a native executable run that. */
    private static final String PG =
            System.getProperty(NodeProcess.COMMAND) == null ? "./pg" : System.getProperty(NodeProcess.COMMAND) + " pg";

    private static NodeProcess node;

    private String tenant;
    private GrpcClient client;

    @BeforeAll
    static void start() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        node = NodeProcess.start("shell", folder, Map.of("PROCESSGROUPS_SESSION_GRACE", "1M"))
                .awaitReady();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void connect() {
        tenant = "t-" + UUID.randomUUID();
        client = GrpcClient.connect(node.grpcPort(), tenant);
    }

    private record Result(int code, String output) {}

    /** What a shell makes of it; in the script, {@code pg} is the command line. */
    private Result shell(String script) {
        Process process = begin(script);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Result(process.exitValue(), output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private Process begin(String script) {
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", "-c", "set -o pipefail; " + script.replaceAll("\\bpg ", PG + " "))
                .redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "PG_SERVER", "http://127.0.0.1:" + node.httpPort(), "PG_TENANT", tenant, "TERM", "xterm"));
        builder.environment().remove("NO_COLOR");
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void exitCodes_sayHowItEnded() {
        assertThat(shell("pg create room")).isEqualTo(new Result(0, "created room\n"));
        assertThat(shell("pg members nosuch").code()).isEqualTo(1);
        assertThat(shell("pg publsh room x").code()).isEqualTo(2);
        assertThat(shell("pg list --server 127.0.0.1:1").code()).isEqualTo(3);
        assertThat(shell("pg list --server 127.0.0.1:" + node.grpcPort()))
                .isEqualTo(new Result(
                        3,
                        "error: 127.0.0.1:" + node.grpcPort()
                                + " is the gRPC port: give the HTTP port (8080 by default) with --server\n"));
    }

    @Test
    void packagedProgram_isTheCommandLine() {
        String program = System.getProperty(NodeProcess.COMMAND, "java -jar target/quarkus-app/quarkus-run.jar");

        assertThat(shell(program + " list --json")).isEqualTo(new Result(0, ""));
        assertThat(shell(program + " serve --help").output()).contains("processgroups.store");
        assertThat(shell(program + " srve"))
                .matches(result -> result.code() == 2 && result.output().contains("did you mean serve?"));
    }

    @Test
    void pipes_carryEveryLineInOrder() {
        client.create("room");
        Process subscriber = begin("pg subscribe room --actor ann --count " + LINES + " > target/nodes/" + tenant);
        await().until(() -> client.members("room").contains("ann"));

        assertThat(shell("seq " + LINES + " | pg publish room").output()).isEqualTo(LINES + " lines published\n");
        await().until(() -> !subscriber.isAlive());
        assertThat(shell("seq " + LINES + " | cmp - target/nodes/" + tenant)).isEqualTo(new Result(0, ""));
    }

    @Test
    void closedPipe_endsTheSubscription_andItsMembership() {
        client.create("room");
        shell("seq 10 | pg publish room");

        assertThat(shell("pg subscribe room --last 10 --actor ann | head -1")).isEqualTo(new Result(0, "1\n"));
        assertThat(client.members("room")).as("before the grace has passed").isEmpty();
    }

    @Test
    void outputThatCannotBeWritten_isAFailure() {
        client.create("room");
        shell("seq 10 | pg publish room");

        Result full = shell("pg history room --last 10 2>&1 > /dev/full");
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.output()).contains("the output cannot be written: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void signal_endsTheSubscription_andItsMembership(String signal) throws Exception {
        client.create("room");
        // Where tests run in the background, programs that they start would ignore Ctrl-C.
        Process subscriber = begin("exec env --default-signal=INT,TERM pg subscribe room --actor ann");
        await().until(() -> client.members("room").contains("ann"));

        new ProcessBuilder("kill", "-" + signal, Long.toString(subscriber.pid()))
                .start()
                .waitFor();

        assertThat(subscriber.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(subscriber.exitValue()).isEqualTo(signal.equals("INT") ? 130 : 143);
        assertThat(client.members("room")).as("before the grace has passed").isEmpty();
    }

    @Test
    void terminal_getsColoursTablesAndBars_andAPipeDoesNot(TestInfo test) {
        if (shell("script --version").code() != 0) {
            System.err.println(
                    "SKIPPED CommandLineIT." + test.getDisplayName() + ": needs script (util-linux) on the PATH");
            return;
        }
        client.create("room");
        String clear = "\u001b[H\u001b[J";
        String bold = "\u001b[1m";
        String top = "pg top --times 1 --every 200ms";

        assertThat(onTerminal(top)).contains(clear, bold + "GROUP", "room");
        assertThat(onTerminal("NO_COLOR=1 " + top)).contains(clear).doesNotContain(bold);
        assertThat(shell(top).output()).contains("GROUP", "room").doesNotContain("\u001b");
        assertThat(onTerminal("pg bench pub --seconds 1")).contains("[###", "publishedPerSecond");
        assertThat(shell("pg bench pub --seconds 1").output())
                .doesNotContain("[#")
                .doesNotContain("\u001b");
    }

    @Test
    void messages_doNotCommandATerminal(TestInfo test) {
        if (shell("script --version").code() != 0) {
            System.err.println(
                    "SKIPPED CommandLineIT." + test.getDisplayName() + ": needs script (util-linux) on the PATH");
            return;
        }
        client.create("room");
        shell("printf 'a\\033[31mb' | pg publish room --file -");

        assertThat(onTerminal("pg history room")).contains("a\\u001b[31mb").doesNotContain("\u001b[31m");
    }

    private String onTerminal(String command) {
        return shell("script -qec '" + command + "' /dev/null").output();
    }
}

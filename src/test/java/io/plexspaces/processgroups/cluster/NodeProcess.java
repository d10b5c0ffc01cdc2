package io.plexspaces.processgroups.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One server in a process of its own; ends with this one at the latest. */
final class NodeProcess implements AutoCloseable {
    /**
     * The command that starts the product, words separated by spaces; it is configured by environment variables alone.
     */
    static final String COMMAND = "processgroups.test.command";

    private static final String BUILT =
            "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx160m -jar target/quarkus-app/quarkus-run.jar";
    private static final Duration START = Duration.ofSeconds(60);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private final String id;
    private final int httpPort = freePort();
    private final int grpcPort = freePort();
    private final Path log;
    private final Process process;
    private final Thread atExit;

    private NodeProcess(String id, Path folder, Map<String, String> environment) {
        this.id = id;
        this.log = folder.resolve(id + "-" + grpcPort + ".log");
        ProcessBuilder builder = new ProcessBuilder(List.of(command().split(" ")))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "false");
        builder.environment()
                .putAll(Map.of(
                        "PROCESSGROUPS_NODE_ID",
                        id,
                        "QUARKUS_HTTP_PORT",
                        Integer.toString(httpPort),
                        "QUARKUS_GRPC_SERVER_PORT",
                        Integer.toString(grpcPort)));
        // May give it ports that are taken.
        builder.environment().putAll(environment);
        try {
            this.process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private static String command() {
        return System.getProperty(COMMAND, BUILT);
    }

    /** Returns at once; {@link #awaitReady} waits for it. */
    static NodeProcess start(String id, Path folder, Map<String, String> environment) {
        return new NodeProcess(id, folder, environment);
    }

    NodeProcess awaitReady() {
        await().atMost(START).pollInterval(Duration.ofMillis(50)).until(() -> isReady() || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError(id + " did not start: " + output());
        }
        return this;
    }

    String id() {
        return id;
    }

    int grpcPort() {
        return grpcPort;
    }

    int httpPort() {
        return httpPort;
    }

    URI webSocket(String path) {
        return URI.create("ws://127.0.0.1:" + httpPort + path);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isReady() {
        return isUp("ready");
    }

    boolean isLive() {
        return isUp("live");
    }

    private boolean isUp(String kind) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/health/" + kind))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (ConnectException notYet) {
            return false;
        } catch (IOException gone) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /**
     * The sum of samples of a metric.
     *
     * @param name the full one
     * @param labels what a sample must have, as in {@code tenant="acme"}; none: all
     */
    double metric(String name, String... labels) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/metrics"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .filter(line -> List.of(labels).stream().allMatch(line::contains))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Sends it the signal STOP, CONT, TERM or KILL. */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Its exit code, once it has ended. */
    int awaitExit() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** What it printed until now. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        signal("CONT");
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException exiting) {
            // the hook runs already
        }
    }
}

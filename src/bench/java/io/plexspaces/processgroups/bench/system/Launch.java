package io.plexspaces.processgroups.bench.system;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One start of a server, measured from outside. */
public final class Launch {
    private static final Duration AT_MOST = Duration.ofSeconds(60);
    private static final int END_SECONDS = 20;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final long begun;
    private final int httpPort;
    private final int grpcPort;
    private final Path log;

    private Launch(Process process, long begun, int httpPort, int grpcPort, Path log) {
        this.process = process;
        this.begun = begun;
        this.httpPort = httpPort;
        this.grpcPort = grpcPort;
        this.log = log;
    }

    /**
     * What was measured.
     *
     * @param firstCallMillis from the start of the process to the first gRPC call that is answered with OK
     * @param readyMillis the same to the first readiness check that is answered with UP
     * @param residentBytes memory of the process after it was idle
     * @param fileBytes the part of it that holds files: libraries, jars, caches
     */
    public record Started(long firstCallMillis, long readyMillis, long residentBytes, long fileBytes, long threads) {}

    /**
     * Starts it, waits, looks, and stops it.
     *
     * @param command that starts it; gets its ports by environment variables
     * @param log gets what it prints
     * @throws IllegalStateException it does not serve within a minute
     */
    public static Started measure(List<String> command, Path log, Duration idle) throws IOException {
        int httpPort = ChildProcess.freePort();
        int grpcPort = ChildProcess.freePort();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(httpPort));
        builder.environment().put("QUARKUS_GRPC_SERVER_PORT", Integer.toString(grpcPort));
        // Nobody is connected when it is stopped.
        builder.environment().put("PROCESSGROUPS_DRAIN_PERIOD", "0S");
        builder.environment().put("PROCESSGROUPS_DRAIN_NOTICE", "0S");
        builder.environment().put("QUARKUS_SHUTDOWN_DELAY", "0S");
        long begun = System.nanoTime();
        Process process = builder.start();
        Thread atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            return new Launch(process, begun, httpPort, grpcPort, log).observed(idle);
        } finally {
            stop(process);
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }

    private Started observed(Duration idle) throws IOException {
        awaits(() -> accepts(grpcPort));
        long firstCall;
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort))
                .usePlaintext()
                .build();
        try {
            awaits(() -> isAnswered(channel));
            firstCall = sinceBegin();
        } finally {
            channel.shutdownNow();
        }
        awaits(() -> accepts(httpPort));
        awaits(this::isReady);
        long ready = sinceBegin();
        ended(idle);
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        return new Started(
                firstCall,
                ready,
                kibibytes(status, "VmRSS:"),
                kibibytes(status, "RssFile:"),
                number(status, "Threads:"));
    }

    private long sinceBegin() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    /** Looks every millisecond. */
    private void awaits(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (ended(Duration.ofMillis(1)) || System.nanoTime() - begun > AT_MOST.toNanos()) {
                throw new IllegalStateException("it did not start; see " + log);
            }
        }
    }

    /** Waits so long for its end. */
    private boolean ended(Duration time) {
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static boolean isAnswered(ManagedChannel channel) {
        try {
            ProcessGroupServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .listGroups(ListGroupsRequest.newBuilder()
                            .setTenantId("startup")
                            .build());
            return true;
        } catch (StatusRuntimeException notYet) {
            channel.resetConnectBackoff();
            return false;
        }
    }

    private boolean isReady() {
        URI uri = URI.create("http://127.0.0.1:" + httpPort + "/q/health/ready");
        try {
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static long kibibytes(Path status, String field) throws IOException {
        return number(status, field) * 1024;
    }

    private static long number(Path status, String field) throws IOException {
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

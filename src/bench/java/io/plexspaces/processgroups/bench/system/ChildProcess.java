package io.plexspaces.processgroups.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A server in a process of its own; ends with this one at the latest. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int END_SECONDS = 10;
    /** What proc(5) counts in: USER_HZ, which is 100 on every Linux. */
    private static final long NANOS_PER_TICK = 10_000_000;
    /** Places of the times after the command's name, which stands in parentheses and may hold anything. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;
    private static final long UNKNOWN = -1;

    private final Process process;
    private final Path log;
    private final Thread atExit;

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Returns when it serves.
     *
     * @param log gets what it prints
     * @throws IllegalStateException it ended, or is not ready within a minute
     */
    static ChildProcess start(List<String> command, Path log, BooleanSupplier ready) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            ChildProcess child = new ChildProcess(process, log);
            child.awaitReady(ready);
            return child;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A port of the loopback interface that nobody used a moment ago. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Processor time a process has used, user and system, to 10 ms; -1: unknown. */
    public static long cpuNanos(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) * NANOS_PER_TICK;
        } catch (IOException notLinux) {
            return UNKNOWN;
        }
    }

    long cpuNanos() {
        return cpuNanos(process.pid());
    }

    /** Bytes; -1: unknown. */
    long resident() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException notLinux) {
            return UNKNOWN;
        }
    }

    long pid() {
        return process.pid();
    }

    private void awaitReady(BooleanSupplier ready) {
        try {
            Awaitility.await().atMost(START).pollInterval(LOOK).until(() -> !process.isAlive() || ready.getAsBoolean());
        } finally {
            if (!process.isAlive() || !ready.getAsBoolean()) {
                close();
            }
        }
        if (!process.isAlive()) {
            throw new IllegalStateException("it did not start; see " + log);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException alreadyExiting) {
            process.destroyForcibly();
        }
    }
}

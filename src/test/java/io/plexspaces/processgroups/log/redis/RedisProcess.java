package io.plexspaces.processgroups.log.redis;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One Redis server of a test's own, on a free port of the loopback, which keeps nothing on disk unless it is asked to.
 */
public final class RedisProcess implements AutoCloseable {
    public static final String SENTINEL_MASTER = "main";

    private final List<String> command;
    private final Path folder;
    private final int port;
    private Process process;

    private RedisProcess(Path folder, int port, List<String> command) {
        this.folder = folder;
        this.port = port;
        this.command = command;
    }

    public static RedisProcess start(Path binary, String... more) {
        int port = freePort();
        Path folder = folder();
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--save",
                "",
                "--appendonly",
                "no"));
        command.addAll(List.of(more));
        RedisProcess redis = new RedisProcess(folder, port, command);
        redis.begin();
        return redis;
    }

    /** Watches a master, alone, and makes its replica the next one a second after it is gone. */
    public static RedisProcess startSentinel(Path binary, RedisProcess master) {
        int port = freePort();
        Path folder = folder();
        Path file = folder.resolve("sentinel.conf");
        String name = " " + SENTINEL_MASTER + " ";
        List<String> lines = List.of(
                "port " + port,
                "bind 127.0.0.1",
                "dir " + folder,
                "sentinel monitor" + name + "127.0.0.1 " + master.port() + " 1",
                "sentinel down-after-milliseconds" + name + "1000",
                "sentinel failover-timeout" + name + "5000");
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RedisProcess redis = new RedisProcess(folder, port, List.of(binary.toString(), file.toString(), "--sentinel"));
        redis.begin();
        return redis;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("redis-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port whose cluster bus port, 10,000 higher, is legal too. */
    private static int freePort() {
        for (int i = 0; i < 100; i++) {
            try (ServerSocket socket = new ServerSocket(0)) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("no free port");
    }

    /** Starts it again, on the same port: with what {@code SAVE} kept, else empty. */
    public void begin() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    private boolean answers() {
        try {
            return call("PING").contains("PONG");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** What {@code SAVE} kept is gone. */
    public void forget() {
        try {
            Files.deleteIfExists(folder.resolve("dump.rdb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once, like kill -9. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops or continues it, by signal STOP or CONT. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    public int port() {
        return port;
    }

    public String address() {
        return "redis://127.0.0.1:" + port;
    }

    /** Sends one command on a connection of its own, and returns the answer as it came, if it fits into one packet. */
    public String call(String... words) {
        byte[][] all = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            all[i] = words[i].getBytes(StandardCharsets.UTF_8);
        }
        return call(all);
    }

    /** The same, of bytes. */
    public String call(byte[]... words) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (byte[] word : words) {
            text.writeBytes(("$" + word.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            text.writeBytes(word);
            text.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(text.toByteArray());
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[64 * 1024];
            int size = in.read(bytes);
            return size < 0 ? "" : new String(bytes, 0, size, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

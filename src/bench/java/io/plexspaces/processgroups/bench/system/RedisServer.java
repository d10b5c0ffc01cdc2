package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Certificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Redis of the benchmark's own, with its defaults, keeping nothing on disk. */
public final class RedisServer implements AutoCloseable {
    private final ChildProcess process;
    private final InetSocketAddress address;
    private final InetSocketAddress clients;
    private final Access access;

    private RedisServer(ChildProcess process, InetSocketAddress address, InetSocketAddress clients, Access access) {
        this.process = process;
        this.address = address;
        this.clients = clients;
        this.access = access;
    }

    /**
     * Returns when it serves.
     *
     * @param log gets what it prints
     */
    public static RedisServer start(Path log) {
        return start(log, ChildProcess.freePort(), List.of());
    }

    /** The same, for clients with TLS 1.3, too, if there is a certificate. */
    public static RedisServer start(Path log, @Nullable Certificate certificate) {
        if (certificate == null) {
            return start(log);
        }
        int clients = ChildProcess.freePort();
        List<String> options = List.of(
                "--tls-port",
                Integer.toString(clients),
                "--tls-cert-file",
                certificate.file().toString(),
                "--tls-key-file",
                certificate.key().toString(),
                "--tls-auth-clients",
                "no",
                "--tls-protocols",
                "TLSv1.3");
        return start(log, ChildProcess.freePort(), clients, new Access("", certificate), options);
    }

    static RedisServer start(Path log, int port, List<String> options) {
        return start(log, port, port, Access.OPEN, options);
    }

    private static RedisServer start(Path log, int port, int clients, Access access, List<String> options) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetSocketAddress address = new InetSocketAddress(loopback, port);
        List<String> command = new ArrayList<>(List.of(
                "redis-server",
                "--bind",
                loopback.getHostAddress(),
                "--port",
                Integer.toString(address.getPort()),
                "--save",
                "",
                "--appendonly",
                "no"));
        command.addAll(options);
        ChildProcess process = ChildProcess.start(command, log, () -> accepts(address));
        return new RedisServer(process, address, new InetSocketAddress(loopback, clients), access);
    }

    /** Speaks plain text. */
    InetSocketAddress address() {
        return address;
    }

    /** Where those connect that are measured. */
    InetSocketAddress clients() {
        return clients;
    }

    Access access() {
        return access;
    }

    long cpuNanos() {
        return process.cpuNanos();
    }

    long resident() {
        return process.resident();
    }

    /** What it has done since its start. */
    public StoreUse use() {
        Map<String, String> info = info();
        double cpu = Double.parseDouble(info.get("used_cpu_user")) + Double.parseDouble(info.get("used_cpu_sys"));
        return new StoreUse(
                cpu * 1e6,
                calls(info, "xadd"),
                calls(info, "evalsha"),
                calls(info, "publish") + calls(info, "spublish"),
                Long.parseLong(info.get("total_net_input_bytes")),
                Long.parseLong(info.get("total_net_output_bytes")));
    }

    /** Bytes its allocator has given out. */
    public long usedMemory() {
        return Long.parseLong(info().get("used_memory"));
    }

    /** Channels somebody listens to, one a line. */
    public List<String> channels(boolean sharded) {
        return call("PUBSUB", sharded ? "SHARDCHANNELS" : "CHANNELS").lines().toList();
    }

    /** What a script answers that has no keys. */
    public long eval(String script, String argument) {
        return Long.parseLong(call("EVAL", script, "0", argument).strip());
    }

    String clusterInfo() {
        return call("CLUSTER", "INFO");
    }

    private Map<String, String> info() {
        Map<String, String> fields = new HashMap<>();
        call("INFO", "all").lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        });
        return fields;
    }

    /** How often a command was called, by scripts too. */
    private static long calls(Map<String, String> info, String command) {
        String stat = info.getOrDefault("cmdstat_" + command, "calls=0,");
        return Long.parseLong(stat.substring("calls=".length(), stat.indexOf(',')));
    }

    private String call(String... words) {
        List<String> command = new ArrayList<>(
                List.of("redis-cli", "-h", address.getHostString(), "-p", Integer.toString(address.getPort())));
        command.addAll(List.of(words));
        return run(command);
    }

    /** What a command prints. */
    static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + printed);
            }
            return printed;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}

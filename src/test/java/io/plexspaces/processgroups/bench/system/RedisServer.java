package io.plexspaces.processgroups.bench.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

/** A Redis of the benchmark's own, with its defaults, keeping nothing on disk. */
public final class RedisServer implements AutoCloseable {
    private final ChildProcess process;
    private final InetSocketAddress address;

    private RedisServer(ChildProcess process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Returns when it serves.
     *
     * @param log gets what it prints
     */
    public static RedisServer start(Path log) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetSocketAddress address = new InetSocketAddress(loopback, ChildProcess.freePort());
        List<String> command = List.of(
                "redis-server",
                "--bind",
                loopback.getHostAddress(),
                "--port",
                Integer.toString(address.getPort()),
                "--save",
                "",
                "--appendonly",
                "no");
        return new RedisServer(ChildProcess.start(command, log, () -> accepts(address)), address);
    }

    InetSocketAddress address() {
        return address;
    }

    long cpuNanos() {
        return process.cpuNanos();
    }

    long resident() {
        return process.resident();
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

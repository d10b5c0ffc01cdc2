package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.Payload;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.load.Texts;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server on Socket.IO that tells a room who comes and goes, as its users write it: with no history, and no bound on
 * what waits for a client.
 */
public final class SocketIoTarget implements Target, AutoCloseable {
    /** As on the command line. */
    public static final String NAME = "socketio";

    private static final Path SCRIPT = Path.of("bench/peers/socketio.mjs");

    /** Where it is looked for, and where npm puts it. */
    private static final Path MODULES = Path.of("target/bench/peers/node_modules");

    private static final String PATH = "/socket.io/?EIO=4&transport=websocket";
    private static final int PATIENCE_SECONDS = 10;

    private final ChildProcess process;
    private final InetSocketAddress address;
    private final List<ReadLoop> loops;

    private SocketIoTarget(ChildProcess process, InetSocketAddress address, List<ReadLoop> loops) {
        this.process = process;
        this.address = address;
        this.loops = List.copyOf(loops);
    }

    public static boolean isInstalled() {
        return Files.isDirectory(MODULES.resolve("socket.io"));
    }

    /** @param log gets what it prints */
    public static SocketIoTarget start(Path log, List<ReadLoop> loops) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), ChildProcess.freePort());
        try {
            // Node looks for modules beside the script.
            Path script =
                    Files.copy(SCRIPT, MODULES.resolveSibling("socketio.mjs"), StandardCopyOption.REPLACE_EXISTING);
            List<String> command = List.of("node", script.toString(), Integer.toString(address.getPort()));
            ChildProcess process = ChildProcess.start(command, log, () -> accepts(address));
            return new SocketIoTarget(process, address, loops);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
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
    public String name() {
        return NAME;
    }

    @Override
    public void createGroups(List<String> groups) {
        // A room is there when somebody is in it.
    }

    @Override
    public void deleteGroups(List<String> groups) {
        // as above
    }

    @Override
    public long cpuNanos() {
        return process.cpuNanos();
    }

    @Override
    public Memory memory() {
        return Memory.UNKNOWN;
    }

    @Override
    public Connections connections(Tally tally) {
        return new Sockets(tally, new Links(address, loops, null));
    }

    @Override
    public void close() {
        process.close();
    }

    private static ByteBuffer frame(String packet) {
        return ByteBuffer.wrap(WebSocketWire.frame(true, true, packet.getBytes(US_ASCII)));
    }

    private record Sockets(Tally tally, Links links) implements Connections {
        @Override
        public void subscribe(Seat seat, Subscriber subscriber) {
            connect(new Packets(subscriber, "42[\"subscribe\",\"" + seat.group() + "\"]"));
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            // It joins, and so it gets what its room gets.
            Subscriber ignored = new Subscriber(new Tally(), 0, 2, stream -> true, true);
            Packets packets = new Packets(ignored, "");
            Link link = connect(packets);
            packets.awaitOpen();
            return new LinkPublisher(link, new Templates(streams, Sockets::requests));
        }

        private static byte[] requests(Stream stream) {
            String payload = new String(Payload.blank(), US_ASCII);
            String request = "42[\"" + (stream.joins() ? "come" : "publish") + "\",\"" + stream.group() + "\",\""
                    + payload + "\"]";
            ByteBuffer first = frame(request);
            ByteBuffer second =
                    stream.joins() ? frame("42[\"go\",\"" + stream.group() + "\"]") : ByteBuffer.allocate(0);
            byte[] both = new byte[first.remaining() + second.remaining()];
            int length = first.remaining();
            first.get(both, 0, length);
            second.get(both, length, both.length - length);
            return both;
        }

        private Link connect(Packets packets) {
            Link link = links.connect(new WebSocketWire(packets, false));
            link.write(WebSocketWire.handshake(PATH, "", ""));
            return link;
        }

        @Override
        public void close() {
            links.close();
        }
    }

    /** What one connection gets: packets of Engine.IO, of which those of kind 42 are events. */
    private static final class Packets implements WebSocketWire.Receiver {
        private final Subscriber subscriber;
        private final String first;
        private final CountDownLatch open = new CountDownLatch(1);
        private volatile @Nullable Link link;

        /** @param first is sent when it is open; empty: nothing */
        Packets(Subscriber subscriber, String first) {
            this.subscriber = subscriber;
            this.first = first;
        }

        void awaitOpen() {
            try {
                if (!open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("no connection with Socket.IO");
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stop);
            }
        }

        @Override
        public void opened(Link opened) {
            link = opened;
            opened.write(frame("40"));
        }

        @Override
        public void message(ByteBuffer in, int from, int to) {
            char kind = (char) in.get(from);
            if (kind == '2') {
                send("3");
            } else if (kind == '4' && in.get(from + 1) == '0') {
                open.countDown();
                if (!first.isEmpty()) {
                    send(first);
                }
            } else if (kind == '4' && in.get(from + 1) == '2') {
                subscriber.event(in, from, to);
            } else if (kind != '0') {
                failed("it got " + Texts.shown(in, from, to));
            }
        }

        private void send(String packet) {
            Link open = link;
            if (open != null) {
                open.write(frame(packet));
            }
        }

        @Override
        public void batchDone() {
            subscriber.batchDone();
        }

        @Override
        public void failed(String what) {
            subscriber.failed(what);
        }
    }
}

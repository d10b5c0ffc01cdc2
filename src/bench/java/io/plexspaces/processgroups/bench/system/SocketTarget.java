package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Payload;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.load.Template;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The bound: the publishing thread writes the bytes of a flush, shared by all, to each connection in turn. It knows no
 * groups; everybody gets everything.
 */
public final class SocketTarget implements Target {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final List<ReadLoop> loops;

    public SocketTarget(List<ReadLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    @Override
    public String name() {
        return "socket";
    }

    @Override
    public void createGroups(List<String> groups) {
        if (groups.size() != 1) {
            throw new IllegalArgumentException("one group, not " + groups.size());
        }
    }

    @Override
    public void deleteGroups(List<String> groups) {
        // there is none
    }

    @Override
    public long cpuNanos() {
        return -1;
    }

    @Override
    public Memory memory() {
        return Memory.UNKNOWN;
    }

    @Override
    public Connections connections(Tally tally) {
        try {
            ServerSocketChannel server =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return new Pairs(tally, server, new Links(server.getLocalAddress(), loops, null));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Connections of which this process has both ends. */
    private record Pairs(Tally tally, ServerSocketChannel server, Links readers, List<SocketChannel> writers)
            implements Connections {
        Pairs(Tally tally, ServerSocketChannel server, Links readers) {
            this(tally, server, readers, new ArrayList<>());
        }

        @Override
        public void subscribe(Seat seat, Subscriber subscriber) {
            readers.connect(new WebSocketWire(new Receiving(subscriber), true));
            try {
                SocketChannel writer = server.accept();
                writer.setOption(StandardSocketOptions.TCP_NODELAY, true);
                writers.add(writer);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            subscriber.begun();
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            return new Writer(tally, writers);
        }

        @Override
        public void close() {
            readers.close();
            try (server) {
                for (SocketChannel writer : writers) {
                    writer.close();
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private static final class Writer implements Publisher {
        private final Template frame = new Template(WebSocketWire.frame(false, false, Payload.blank()));
        private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final Tally tally;
        private final List<SocketChannel> channels;

        Writer(Tally tally, List<SocketChannel> channels) {
            this.tally = tally;
            this.channels = channels;
        }

        @Override
        public void publish(Stream stream, int number, long due) {
            if (shared.remaining() < frame.size()) {
                flush();
            }
            frame.write(shared, stream.id(), number, due);
        }

        /** Waits for each connection to take all of it. */
        @Override
        public void flush() {
            shared.flip();
            try {
                for (SocketChannel channel : channels) {
                    shared.rewind();
                    while (shared.hasRemaining()) {
                        channel.write(shared);
                    }
                }
            } catch (IOException failure) {
                tally.failed("a write failed: " + failure.getMessage());
            }
            shared.clear();
        }
    }
}

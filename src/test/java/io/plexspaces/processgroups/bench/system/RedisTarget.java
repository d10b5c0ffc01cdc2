package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.bench.load.Payload;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.RespWire;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.load.Texts;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Redis Pub/Sub with its defaults, keeping nothing on disk. A group is a channel, or one for each of its topics. */
public final class RedisTarget implements Target, AutoCloseable {
    private final ChildProcess process;
    private final InetSocketAddress address;
    private final List<ReadLoop> loops;

    private RedisTarget(ChildProcess process, InetSocketAddress address, List<ReadLoop> loops) {
        this.process = process;
        this.address = address;
        this.loops = List.copyOf(loops);
    }

    /**
     * Returns when it serves.
     *
     * @param log gets what it prints
     */
    public static RedisTarget start(List<ReadLoop> loops, Path log) {
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
        return new RedisTarget(ChildProcess.start(command, log, () -> accepts(address)), address, loops);
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public void createGroups(List<String> groups) {
        // a channel is there as soon as somebody subscribes to it
    }

    @Override
    public void deleteGroups(List<String> groups) {
        // and gone with its last subscriber
    }

    @Override
    public long cpuNanos() {
        return process.cpuNanos();
    }

    @Override
    public Memory memory() {
        return new Memory(-1, process.resident());
    }

    @Override
    public Connections connections(Tally tally) {
        return new Channels(tally);
    }

    @Override
    public void close() {
        process.close();
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static byte[] command(byte[]... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("*" + words.length + "\r\n").getBytes(UTF_8));
        for (byte[] word : words) {
            out.writeBytes(("$" + word.length + "\r\n").getBytes(UTF_8));
            out.writeBytes(word);
            out.writeBytes("\r\n".getBytes(UTF_8));
        }
        return out.toByteArray();
    }

    private static byte[] publish(Stream stream) {
        String channel = stream.topic() == null ? stream.group() : stream.group() + "." + stream.topic();
        return command("PUBLISH".getBytes(UTF_8), channel.getBytes(UTF_8), Payload.blank());
    }

    /** {@code *} stands for any characters, which is the same for topics that have as many tokens as the pattern. */
    private static byte[] subscribe(Seat seat) {
        if (seat.topics().isEmpty()) {
            return command("SUBSCRIBE".getBytes(UTF_8), seat.group().getBytes(UTF_8));
        }
        if (seat.topics().size() > 1) {
            throw new IllegalArgumentException("one message would come once for each pattern: " + seat.topics());
        }
        String pattern = seat.group() + "." + seat.topics().get(0).replace('>', '*');
        return command("PSUBSCRIBE".getBytes(UTF_8), pattern.getBytes(UTF_8));
    }

    private final class Channels implements Connections {
        private final Tally tally;
        private final Links links = new Links(address, loops);

        Channels(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void subscribe(Seat seat, Subscriber subscriber) {
            links.connect(new RespWire(new Receiving(subscriber))).write(ByteBuffer.wrap(RedisTarget.subscribe(seat)));
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            return new LinkPublisher(
                    links.connect(new RespWire(new Counts(tally))), new Templates(streams, RedisTarget::publish));
        }

        @Override
        public void close() {
            links.close();
        }
    }

    /** Each answer is how many subscribers a message went to. */
    private static final class Counts implements WebSocketWire.Receiver {
        private final Tally tally;
        private int answered;

        Counts(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void message(ByteBuffer in, int from, int to) {
            if (in.get(from) == ':') {
                answered++;
            } else {
                failed("it got " + Texts.shown(in, from, to));
            }
        }

        @Override
        public void batchDone() {
            if (answered > 0) {
                tally.answered(answered);
                answered = 0;
            }
        }

        @Override
        public void failed(String what) {
            tally.failed("a publisher: " + what);
        }
    }
}

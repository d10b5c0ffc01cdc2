package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.bench.load.Payload;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.RespWire;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.load.Texts;
import io.plexspaces.processgroups.bench.load.TlsClient;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Redis Pub/Sub. A group is a channel, or one for each of its topics. */
public final class RedisTarget implements Target {
    private final RedisServer server;
    private final List<ReadLoop> loops;
    private final @Nullable TlsClient tls;

    public RedisTarget(RedisServer server, List<ReadLoop> loops) {
        this.server = server;
        this.loops = List.copyOf(loops);
        this.tls = server.access().tls();
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
        return server.cpuNanos();
    }

    @Override
    public Set<String> agreed() {
        return tls == null ? Set.of() : tls.agreed();
    }

    @Override
    public Memory memory() {
        return new Memory(-1, server.resident());
    }

    @Override
    public Connections connections(Tally tally) {
        return new Channels(tally);
    }

    /**
     * Calls a script over and over that adds to one field of one hash.
     *
     * @param connections that share the calls
     * @param atOnce calls that wait for their answers, on all connections together
     */
    public ScriptCalls countingCalls(int connections, int atOnce) {
        return new ScriptCalls(links(), connections, atOnce, connection -> new CountingScript());
    }

    /**
     * Calls the script that changes memberships over and over, with one join or leave in each call; on one connection.
     */
    public ScriptCalls membershipCalls(int atOnce) {
        return new ScriptCalls(links(), 1, atOnce, connection -> new MembershipScript(connection, atOnce));
    }

    private Links links() {
        return new Links(server.clients(), loops, tls);
    }

    static byte[] command(byte[]... words) {
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
        private final Links links = links();

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

package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.load.WebSocketWire;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.util.List;

/** The service over WebSocket: subscribers that name their group in the URL, publishers with a session. */
public final class WebSocketTarget extends ServiceTarget {
    private static final int REQUESTS_BYTES = 1024;

    private final SessionFormat format;
    private final List<ReadLoop> loops;

    /** @param answers publishers want an answer with counts for each message; else none */
    public WebSocketTarget(Server server, SessionFormat format, List<ReadLoop> loops, boolean answers) {
        super(server, answers, server.access().tls());
        this.format = format;
        this.loops = List.copyOf(loops);
    }

    @Override
    public String name() {
        return format.target() + server.suffix();
    }

    public Server server() {
        return server;
    }

    @Override
    public Connections connections(Tally tally) {
        return new Sockets(tally);
    }

    private byte[] frame(byte[] request) {
        return WebSocketWire.frame(format == SessionFormat.JSON, true, request);
    }

    private final class Sockets implements Connections {
        private final Tally tally;
        private final Links links = new Links(server.webSocket(), loops, tls);

        Sockets(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void subscribe(Seat seat, Subscriber subscriber) {
            String topics = seat.topics().isEmpty()
                    ? ""
                    : "&topics=" + URLEncoder.encode(String.join(",", seat.topics()), UTF_8);
            String path = "/ws/" + Server.TENANT + "/" + Server.NAMESPACE + "/" + seat.group() + "?actor="
                    + seat.actor() + topics + (seat.presence() ? "&presence=members" : "");
            connect(path, new ReceivingBatches(subscriber, format));
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            boolean joins = streams.stream().anyMatch(Stream::joins);
            SocketSession session = new SocketSession(tally, actor, joins);
            Link link = connect("/ws", session);
            session.awaitOpen();
            return new LinkPublisher(link, new Templates(streams, this::requests));
        }

        private byte[] requests(Stream stream) {
            if (!stream.joins()) {
                return frame(format.publish(stream, answers));
            }
            ByteBuffer both = ByteBuffer.allocate(REQUESTS_BYTES)
                    .put(frame(format.join(stream)))
                    .put(frame(format.leave(stream)))
                    .flip();
            byte[] bytes = new byte[both.remaining()];
            both.get(bytes);
            return bytes;
        }

        private Link connect(String path, WebSocketWire.Receiver receiver) {
            Link link = links.connect(new WebSocketWire(receiver, false));
            link.write(WebSocketWire.handshake(
                    path, format.subprotocol(), server.access().authorization()));
            return link;
        }

        @Override
        public void close() {
            links.close();
        }
    }

    private final class SocketSession extends SessionAnswers {
        private final String actor;

        SocketSession(Tally tally, String actor, boolean joins) {
            super(tally, format, joins);
            this.actor = actor;
        }

        @Override
        public void opened(Link link) {
            link.write(ByteBuffer.wrap(frame(format.open(actor))));
        }
    }
}

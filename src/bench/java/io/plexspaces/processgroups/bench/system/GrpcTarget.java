package io.plexspaces.processgroups.bench.system;

import io.grpc.MethodDescriptor;
import io.plexspaces.processgroups.bench.load.GrpcWire;
import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.ReadLoop;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.List;

/** The service over gRPC: a TCP connection for each call, its events checked in the bytes as they come. */
public final class GrpcTarget extends ServiceTarget {
    private final List<ReadLoop> loops;

    /** @param answers publishers want an answer with counts for each message; else none */
    public GrpcTarget(Server server, List<ReadLoop> loops, boolean answers) {
        super(server, answers, server.access().tls("h2"));
        this.loops = List.copyOf(loops);
    }

    @Override
    public String name() {
        return "grpc" + server.suffix();
    }

    public Server server() {
        return server;
    }

    @Override
    public Connections connections(Tally tally) {
        return new Calls(tally);
    }

    private final class Calls implements Connections {
        private final Tally tally;
        private final Links links = new Links(server.grpc(), loops, tls);

        Calls(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void subscribe(Seat seat, Subscriber subscriber) {
            SubscribeRequest request = SubscribeRequest.newBuilder()
                    .setTenantId(Server.TENANT)
                    .setGroupName(seat.group())
                    .setActorId(seat.actor())
                    .addAllTopics(seat.topics())
                    .build();
            start(
                    new GrpcWire(new ReceivingBatches(subscriber, SessionFormat.PROTO)),
                    ProcessGroupServiceGrpc.getSubscribeMethod(),
                    request.toByteArray(),
                    true);
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            SessionAnswers session = new SessionAnswers(tally, SessionFormat.PROTO, false);
            GrpcWire wire = new GrpcWire(session);
            Link link = start(wire, ProcessGroupServiceGrpc.getSessionMethod(), SessionFormat.PROTO.open(actor), false);
            session.awaitOpen();
            Templates templates =
                    new Templates(streams, stream -> GrpcWire.message(SessionFormat.PROTO.publish(stream, answers)));
            return new LinkPublisher(link, templates, GrpcWire.SMALLEST_WINDOW / 2, wire::spend);
        }

        private Link start(GrpcWire wire, MethodDescriptor<?, ?> method, byte[] request, boolean last) {
            Link link = links.connect(wire);
            wire.start(link, method.getFullMethodName(), server.access().authorization(), request, last);
            return link;
        }

        @Override
        public void close() {
            links.close();
        }
    }
}

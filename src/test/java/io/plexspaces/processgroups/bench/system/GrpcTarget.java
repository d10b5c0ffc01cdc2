package io.plexspaces.processgroups.bench.system;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.plexspaces.processgroups.bench.load.EventBatch;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The service over gRPC: a TCP connection for each subscriber, its events checked in the bytes as they come. */
public final class GrpcTarget extends ServiceTarget {
    /** @param answers publishers want an answer with counts for each message; else none */
    public GrpcTarget(Server server, boolean answers) {
        super(server, answers);
    }

    @Override
    public String name() {
        return "grpc";
    }

    @Override
    public Connections connections(Tally tally) {
        return new Calls(tally);
    }

    private final class Calls implements Connections {
        private final Tally tally;
        private final List<ManagedChannel> channels = new ArrayList<>();

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
            ClientCall<byte[], ByteBuffer> call = channel()
                    .newCall(RawBytes.method(ProcessGroupServiceGrpc.getSubscribeMethod()), CallOptions.DEFAULT);
            start(call, new Events(subscriber, tally));
            call.sendMessage(request.toByteArray());
            call.halfClose();
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            ClientCall<byte[], ByteBuffer> call =
                    channel().newCall(RawBytes.method(ProcessGroupServiceGrpc.getSessionMethod()), CallOptions.DEFAULT);
            SessionAnswers session = new SessionAnswers(tally, SessionFormat.PROTO);
            start(call, new Answers(session));
            call.sendMessage(SessionFormat.PROTO.open(actor));
            session.awaitOpen();
            return new CallPublisher(
                    call, new Templates(streams, stream -> SessionFormat.PROTO.publish(stream, answers)));
        }

        private ManagedChannel channel() {
            ManagedChannel channel = server.channel();
            channels.add(channel);
            return channel;
        }

        private static void start(ClientCall<byte[], ByteBuffer> call, ClientCall.Listener<ByteBuffer> listener) {
            call.start(listener, new Metadata());
            call.request(Integer.MAX_VALUE);
        }

        @Override
        public void close() {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private record CallPublisher(ClientCall<byte[], ByteBuffer> call, Templates templates) implements Publisher {
        @Override
        public void publish(Stream stream, int number, long due) {
            call.sendMessage(templates.of(stream).toBytes(stream.id(), number, due));
        }

        @Override
        public void flush() {
            // the channel joins what is sent together
        }
    }

    private static final class Events extends ClientCall.Listener<ByteBuffer> implements EventBatch.Events {
        private final Subscriber subscriber;
        private final Tally tally;

        Events(Subscriber subscriber, Tally tally) {
            this.subscriber = subscriber;
            this.tally = tally;
        }

        @Override
        public void onMessage(ByteBuffer batch) {
            EventBatch.walk(batch, 0, batch.limit(), this);
            subscriber.batchDone();
        }

        @Override
        public void event(ByteBuffer in, int from, int to) {
            subscriber.event(in, from, to);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            tally.failed("a subscription ended: " + status);
        }
    }

    private static final class Answers extends ClientCall.Listener<ByteBuffer> {
        private final SessionAnswers session;

        Answers(SessionAnswers session) {
            this.session = session;
        }

        @Override
        public void onMessage(ByteBuffer batch) {
            session.message(batch, 0, batch.limit());
            session.batchDone();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            session.failed("its session ended: " + status);
        }
    }
}

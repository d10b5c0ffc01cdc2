package io.plexspaces.processgroups.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.value.registry.ValueRegistry;
import jakarta.inject.Inject;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The endpoint in the server it runs in: threads, limits and wiring as in production. */
@QuarkusTest
class GrpcServerTest {
    private static final int MESSAGES = 5000;

    @Inject
    ValueRegistry registry;

    @Inject
    Sessions sessions;

    private final String tenant = "t-" + UUID.randomUUID();
    private ManagedChannel channel;
    private ProcessGroupServiceGrpc.ProcessGroupServiceStub streams;

    @BeforeEach
    void connect() {
        int port = registry.get(GrpcServer.GRPC_SERVER).getPort();
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .usePlaintext()
                .build();
        streams = ProcessGroupServiceGrpc.newStub(channel);
        ProcessGroupServiceGrpc.newBlockingStub(channel)
                .createGroup(CreateGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setGroupName("room")
                        .build());
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    @Test
    void floodedSubscribers_allGetTheOrderOfTheLog() {
        List<List<Event>> subscribers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<Event> events = received();
            streams.subscribe(subscription("actor-" + i), collect(events, SubscribeResponse::getEventsList));
            subscribers.add(events);
        }
        Awaitility.await().until(() -> subscribers.stream().noneMatch(List::isEmpty));
        List<Event> answers = received();
        StreamObserver<SessionRequest> session = streams.session(collect(answers, SessionResponse::getEventsList));
        session.onNext(SessionRequest.newBuilder()
                .setRequestId(MESSAGES + 1)
                .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId("publisher"))
                .build());
        for (int i = 0; i < MESSAGES; i++) {
            session.onNext(publish(i));
        }
        session.onCompleted();

        List<String> expected =
                IntStream.range(0, MESSAGES).mapToObj(String::valueOf).toList();
        for (List<Event> events : subscribers) {
            Awaitility.await().until(() -> texts(events).size() >= MESSAGES);
            assertThat(texts(events)).isEqualTo(expected);
        }
        assertThat(answers).noneMatch(event -> event.getAnswer().hasError());
    }

    @Test
    void cancelledAndVanishedClients_areNoticed() {
        int before = sessions.connected();
        Context.CancellableContext cancellable = Context.current().withCancellation();
        List<Event> cancelled = received();
        cancellable.run(() ->
                streams.subscribe(subscription("cancelled"), collect(cancelled, SubscribeResponse::getEventsList)));
        List<Event> vanished = received();
        streams.subscribe(subscription("vanished"), collect(vanished, SubscribeResponse::getEventsList));
        Awaitility.await().until(() -> !cancelled.isEmpty() && !vanished.isEmpty());
        assertThat(sessions.connected()).isEqualTo(before + 2);

        cancellable.cancel(null);
        Awaitility.await().until(() -> sessions.connected() == before + 1);
        channel.shutdownNow();
        Awaitility.await().until(() -> sessions.connected() == before);
    }

    private SubscribeRequest subscription(String actor) {
        return SubscribeRequest.newBuilder()
                .setTenantId(tenant)
                .setGroupName("room")
                .setActorId(actor)
                .build();
    }

    private static SessionRequest publish(int number) {
        return SessionRequest.newBuilder()
                .setPublish(PublishToGroupRequest.newBuilder()
                        .setGroupName("room")
                        .setAnswer(PublishAnswer.NONE)
                        .setMessage(Message.newBuilder().setPayload(ByteString.copyFromUtf8(String.valueOf(number)))))
                .build();
    }

    private static List<Event> received() {
        return Collections.synchronizedList(new ArrayList<>());
    }

    private static List<String> texts(List<Event> events) {
        synchronized (events) {
            return events.stream()
                    .filter(Event::hasMessage)
                    .map(event -> event.getMessage().getPayload().toStringUtf8())
                    .toList();
        }
    }

    private static <A> StreamObserver<A> collect(List<Event> into, Function<A, List<Event>> events) {
        return new StreamObserver<>() {
            @Override
            public void onNext(A response) {
                into.addAll(events.apply(response));
            }

            @Override
            public void onError(Throwable ended) {}

            @Override
            public void onCompleted() {}
        };
    }
}

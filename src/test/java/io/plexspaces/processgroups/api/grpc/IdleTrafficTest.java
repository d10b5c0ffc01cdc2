package io.plexspaces.processgroups.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Expiry;
import io.plexspaces.processgroups.api.MemoryService;
import io.plexspaces.processgroups.api.OpenConnections;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.TestSettings;
import io.plexspaces.processgroups.api.UnaryCalls;
import io.plexspaces.processgroups.api.grpc.transport.GrpcTransport;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.AskResponse;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.proto.v1.WatchResponse;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams without events, over real sockets. */
class IdleTrafficTest {
    private static final Duration INTERVAL = Duration.ofMillis(320);

    private final MemoryService service = new MemoryService(256 * 1024);
    private final PeriodicTasks tasks = new PeriodicTasks(System::nanoTime);
    private final IdleTraffic idle = new IdleTraffic(INTERVAL, tasks);
    private Server server;
    private ManagedChannel channel;
    private ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub groups;
    private ProcessGroupServiceGrpc.ProcessGroupServiceStub streams;

    static IdleTraffic off() {
        return new IdleTraffic(Duration.ZERO, new PeriodicTasks(System::nanoTime));
    }

    @BeforeEach
    void start() throws IOException {
        ApiSettings settings = TestSettings.defaults();
        SessionProtocol.Service endpoints = new SessionProtocol.Service(
                service.groups,
                service.sessions,
                new Requests(settings, Caller.anybody()),
                settings,
                (operation, cause) -> {},
                Traces.OFF,
                new ServerBudget(1 << 30),
                Authenticator.none(),
                new Expiry(InstantSource.system(), (nanos, step) -> () -> {}));
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(new GrpcEndpoint(endpoints, new UnaryCalls(), idle));
        GrpcTransport.bound(
                builder,
                GrpcServerSettings.bounds(settings, new ServerBudget(64 << 20)),
                new OpenConnections(new OpenConnections.Limits(1_000, 0), System::nanoTime),
                null);
        server = builder.build().start();
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", server.getPort()))
                .usePlaintext()
                .build();
        groups = ProcessGroupServiceGrpc.newBlockingStub(channel);
        streams = ProcessGroupServiceGrpc.newStub(channel);
        groups.createGroup(CreateGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .build());
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        service.close();
    }

    @Test
    void everyKindOfStream_sendsBatchesWithoutEventsWhileItIsIdle() {
        Seen<SubscribeRequest, SubscribeResponse> subscriber = subscribe("ann");
        Seen<WatchRequest, WatchResponse> watch = new Seen<>(WatchResponse::getEventsCount);
        streams.watch(
                WatchRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .build(),
                watch);
        Seen<SessionRequest, SessionResponse> session = new Seen<>(SessionResponse::getEventsCount);
        StreamObserver<SessionRequest> requests = streams.session(session);
        requests.onNext(SessionRequest.newBuilder()
                .setRequestId(1)
                .setOpen(SessionOpen.newBuilder().setTenantId("acme").setActorId("bob"))
                .build());
        await().until(() -> subscriber.events.get() > 0);
        Seen<AskRequest, AskResponse> ask = new Seen<>(AskResponse::getEventsCount);
        streams.ask(
                AskRequest.newBuilder()
                        .setPublish(publish())
                        .setTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(20))
                        .build(),
                ask);

        await().untilAsserted(() -> {
            assertThat(subscriber.empty).hasValueGreaterThanOrEqualTo(3);
            assertThat(watch.empty).hasValueGreaterThanOrEqualTo(3);
            assertThat(session.empty).hasValueGreaterThanOrEqualTo(3);
            assertThat(ask.empty).hasValueGreaterThanOrEqualTo(3);
        });
        assertThat(subscriber.ended).isNull();
        assertThat(tasks.failing()).isEmpty();
    }

    @Test
    void streamWithEvents_needsNothingMore() {
        Seen<SubscribeRequest, SubscribeResponse> busy = subscribe("ann");
        Seen<WatchRequest, WatchResponse> quiet = new Seen<>(WatchResponse::getEventsCount);
        streams.watch(
                WatchRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .build(),
                quiet);

        while (quiet.empty.get() < 6) {
            groups.publishToGroup(publish());
        }

        // Not 0: the machine may pause for longer than the interval.
        assertThat(busy.empty).hasValueLessThanOrEqualTo(2);
    }

    @Test
    void streamsThatEnded_leaveNothing() {
        Seen<SubscribeRequest, SubscribeResponse> subscriber = subscribe("ann");
        await().until(() -> subscriber.empty.get() > 0);
        assertThat(idle.streams()).isEqualTo(1);

        subscriber.call.cancel("enough", null);

        await().until(() -> idle.streams() == 0);
    }

    private Seen<SubscribeRequest, SubscribeResponse> subscribe(String actor) {
        Seen<SubscribeRequest, SubscribeResponse> seen = new Seen<>(SubscribeResponse::getEventsCount);
        streams.subscribe(
                SubscribeRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .setActorId(actor)
                        .build(),
                seen);
        return seen;
    }

    private static PublishToGroupRequest publish() {
        return PublishToGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setMessage(Message.getDefaultInstance())
                .build();
    }

    /** Counts events, and batches without any. */
    private static final class Seen<Q, R> implements ClientResponseObserver<Q, R> {
        final AtomicInteger events = new AtomicInteger();
        final AtomicInteger empty = new AtomicInteger();
        private final ToIntFunction<R> count;
        volatile @Nullable Status ended;
        volatile ClientCallStreamObserver<Q> call;

        Seen(ToIntFunction<R> count) {
            this.count = count;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Q> begun) {
            call = begun;
        }

        @Override
        public void onNext(R batch) {
            int present = count.applyAsInt(batch);
            events.addAndGet(present);
            if (present == 0) {
                empty.incrementAndGet();
            }
        }

        @Override
        public void onError(Throwable failure) {
            ended = Status.fromThrowable(failure);
        }

        @Override
        public void onCompleted() {
            ended = Status.OK;
        }
    }
}

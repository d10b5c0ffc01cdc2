package io.plexspaces.processgroups.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
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
import io.plexspaces.processgroups.faults.FaultInjection;
import io.plexspaces.processgroups.faults.FaultPoints;
import io.plexspaces.processgroups.faults.Faults;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each callback between gRPC and the core throws at random for a while, over real sockets. Every call and every request
 * of a session is answered or ends with a status, and every stream goes on or ends with one.
 *
 * <p>One file, as the clients are those that this test alone needs.
 */
@Isolated
class GrpcFaultsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TURNS = 10;
    private static final int MOST_TURNS = 400;
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** After this time, there was no answer. */
    private static final long DEADLINE_SECONDS = 9;

    private static final List<String> POINTS = List.of(
            "api.grpc.GrpcSink#connect",
            "api.grpc.GrpcSink#ready",
            "api.grpc.GrpcSink#write",
            "api.grpc.GrpcFormat#encode",
            "api.grpc.GrpcFormat#join",
            "api.grpc.GrpcSession#start",
            "api.grpc.GrpcSession#onNext",
            "api.grpc.GrpcSession#onCompleted",
            "api.Operations#create",
            "api.Operations#members",
            "api.grpc.GrpcEndpoint#subscribe",
            "api.grpc.GrpcEndpoint#watch",
            "api.grpc.GrpcEndpoint#session",
            "api.grpc.GrpcEndpoint#follow",
            "api.grpc.RequestMarshaller#parse",
            "api.UnaryCalls#begin",
            "api.grpc.transport.PendingCalls#admit",
            "api.grpc.transport.PendingCalls#begin",
            "api.grpc.transport.PendingCalls#answers",
            "api.grpc.transport.PendingCalls#ended",
            "api.grpc.transport.PeerCalls#changed",
            "api.grpc.transport.PeerCalls#remove",
            "api.grpc.transport.PeerHandler#ending",
            "api.Requests#publish",
            "api.Requests#subscribe",
            "api.Requests#watch",
            "api.Answers#joined",
            "api.Answers#opened",
            "api.Answers#published",
            "api.Events#toProto",
            "api.InFlight#begin",
            "api.SessionProtocol#start",
            "api.SessionProtocol#begin",
            "api.SessionProtocol#publish",
            "api.SessionProtocol#frame",
            "api.SessionProtocol#execute",
            "api.SessionProtocol#open",
            "api.SessionProtocol#opened",
            "api.SessionProtocol#join",
            "api.SessionProtocol#release",
            "api.SessionProtocol#done",
            "api.SessionProtocol#answered",
            "api.SessionProtocol#finish");

    @RegisterExtension
    static final FaultInjection FAULTS = new FaultInjection(POINTS);

    private final MemoryService service = new MemoryService(256 * 1024);
    private final List<ListenableFuture<?>> calls = new ArrayList<>();
    private final List<Stream> subscribers = new ArrayList<>();
    private final List<Stream> watches = new ArrayList<>();
    private final List<Dialogue> sessions = new ArrayList<>();
    private Server server;
    private ManagedChannel channel;

    static List<String> points() {
        return POINTS;
    }

    @BeforeEach
    void start() throws Exception {
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
                .addService(new GrpcEndpoint(endpoints, new UnaryCalls(), IdleTrafficTest.off()));
        GrpcTransport.bound(
                builder,
                GrpcServerSettings.bounds(TestSettings.defaults(), new ServerBudget(64 << 20)),
                new OpenConnections(new OpenConnections.Limits(1_000, 0), System::nanoTime),
                null);
        server = builder.build().start();
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", server.getPort()))
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        Faults.disarm();
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        service.close();
    }

    @Test
    void everyPoint_isAMethodOfTheProduct() {
        assertThat(FaultPoints.missing(POINTS)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("points")
    void callbackThatThrows_leavesNobodyWaiting(String point) {
        blocking().createGroup(room(CreateGroupRequest.newBuilder()).build());
        subscribe("first");
        watch();
        sessions.add(new Dialogue("s"));
        await().atMost(SOON)
                .until(() -> subscribers.get(0).saw(Event::hasSubscribed)
                        && sessions.get(0).isAnswered());

        long thrown = Faults.thrown();
        Faults.arm(Set.of(point), 0.3);
        for (int turn = 0; turn < TURNS || (turn < MOST_TURNS && Faults.thrown() == thrown); turn++) {
            act(turn);
        }
        Faults.disarm();
        assertThat(Faults.thrown()).as("thrown").isGreaterThan(thrown);

        await().atMost(SOON).until(() -> calls.stream().allMatch(ListenableFuture::isDone));
        assertThat(calls).allSatisfy(call -> assertThat(
                        Status.fromThrowable(failure(call)).getCode())
                .isNotEqualTo(Status.Code.DEADLINE_EXCEEDED));
        await().atMost(SOON).untilAsserted(() -> assertThat(sessions)
                .allSatisfy(session ->
                        assertThat(session.isAnswered()).as("answered").isTrue()));
        blocking().publishToGroup(message("after all"));
        await().atMost(SOON).untilAsserted(() -> assertThat(subscribers)
                .allSatisfy(stream -> assertThat(stream.ended || stream.saw(GrpcFaultsTest::isLast))
                        .as("goes on, or has ended")
                        .isTrue()));
        blocking()
                .joinGroup(room(JoinGroupRequest.newBuilder())
                        .addActorIds("the-last")
                        .build());
        await().atMost(SOON).untilAsserted(() -> assertThat(watches).allSatisfy(stream -> assertThat(stream.ended
                        || stream.saw(event -> event.getJoined().getActorId().equals("the-last")))
                .as("goes on, or has ended")
                .isTrue()));
    }

    private void act(int turn) {
        var futures =
                ProcessGroupServiceGrpc.newFutureStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        calls.add(futures.publishToGroup(message("m" + turn)));
        calls.add(futures.joinGroup(
                room(JoinGroupRequest.newBuilder()).addActorIds("a" + turn % 3).build()));
        calls.add(futures.getMembers(GetMembersRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .build()));
        calls.add(futures.createGroup(CreateGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("other" + turn % 2)
                .build()));
        sessions.forEach(session -> session.publish("s" + turn));
        if (turn % 3 == 0) {
            subscribe("n" + turn);
            watch();
            sessions.add(new Dialogue("t" + turn));
        }
        if (turn % 5 == 4) {
            sessions.get(sessions.size() - 1).close();
        }
        pause();
    }

    /**
     * Until this turn's requests have their answers, but not for long: else all would be asked before the first is
     * answered.
     */
    private void pause() {
        long end = System.nanoTime() + PAUSE.toNanos();
        while (System.nanoTime() < end
                && !(calls.stream().allMatch(ListenableFuture::isDone)
                        && sessions.stream().allMatch(Dialogue::isAnswered))) {
            Thread.onSpinWait();
        }
    }

    private ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub blocking() {
        return ProcessGroupServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private static CreateGroupRequest.Builder room(CreateGroupRequest.Builder request) {
        return request.setTenantId("acme").setGroupName("room");
    }

    private static JoinGroupRequest.Builder room(JoinGroupRequest.Builder request) {
        return request.setTenantId("acme").setGroupName("room");
    }

    private static PublishToGroupRequest message(String text) {
        return PublishToGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setMessage(Message.newBuilder().setPayload(ByteString.copyFromUtf8(text)))
                .build();
    }

    private static boolean isLast(Event event) {
        return event.getMessage().getPayload().toStringUtf8().equals("after all");
    }

    private static Throwable failure(ListenableFuture<?> call) {
        try {
            call.get();
            return Status.OK.asException();
        } catch (Exception failed) {
            return failed;
        }
    }

    private void subscribe(String actor) {
        Stream stream = new Stream();
        subscribers.add(stream);
        ProcessGroupServiceGrpc.newStub(channel)
                .subscribe(
                        SubscribeRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setActorId(actor)
                                .build(),
                        stream.of(SubscribeResponse::getEventsList));
    }

    private void watch() {
        Stream stream = new Stream();
        watches.add(stream);
        ProcessGroupServiceGrpc.newStub(channel)
                .watch(
                        WatchRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .build(),
                        stream.of(WatchResponse::getEventsList));
    }

    /** What a client sees of a stream. */
    private static class Stream {
        final List<Event> events = new CopyOnWriteArrayList<>();
        volatile boolean ended;

        boolean saw(Function<Event, Boolean> wanted) {
            return events.stream().anyMatch(wanted::apply);
        }

        <T> StreamObserver<T> of(Function<T, List<Event>> content) {
            return new StreamObserver<>() {
                @Override
                public void onNext(T response) {
                    events.addAll(content.apply(response));
                }

                @Override
                public void onError(Throwable failure) {
                    ended = true;
                }

                @Override
                public void onCompleted() {
                    ended = true;
                }
            };
        }
    }

    /** A session: each of its requests gets an answer, or the stream ends. */
    private final class Dialogue {
        private final Stream stream = new Stream();
        private final StreamObserver<SessionRequest> requests;
        private int asked;
        private boolean closed;

        Dialogue(String actor) {
            requests = ProcessGroupServiceGrpc.newStub(channel).session(stream.of(SessionResponse::getEventsList));
            ask(SessionRequest.newBuilder()
                    .setOpen(SessionOpen.newBuilder().setTenantId("acme").setActorId(actor)));
            ask(SessionRequest.newBuilder()
                    .setJoin(SubscribeRequest.newBuilder().setGroupName("room")));
        }

        void publish(String text) {
            ask(SessionRequest.newBuilder().setPublish(message(text).toBuilder().clearTenantId()));
        }

        private void ask(SessionRequest.Builder request) {
            if (!closed && !stream.ended) {
                requests.onNext(request.setRequestId(++asked).build());
            }
        }

        void close() {
            closed = true;
            if (!stream.ended) {
                requests.onCompleted();
            }
        }

        boolean isAnswered() {
            return stream.ended
                    || (!closed
                            && stream.events.stream().filter(Event::hasAnswer).count() >= asked);
        }
    }
}

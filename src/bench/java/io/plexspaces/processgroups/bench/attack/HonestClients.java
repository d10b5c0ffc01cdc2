package io.plexspaces.processgroups.bench.attack;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceStub;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sessions, half of them on WebSockets and half on gRPC, each a connection of its own. Ten are in a group; each
 * publishes twice a second to its group, and measures when it receives what the others published. Once a second a new
 * connection comes, is a member, and goes; ten times a second somebody makes unary calls, whose answers count as
 * deliveries do.
 *
 * <p>One file, as both kinds of sessions do the same, and report to the same counters.
 */
final class HonestClients implements AutoCloseable {
    private static final String TENANT = "honest";
    private static final int CLIENTS = 50;
    private static final int IN_A_GROUP = 10;
    private static final long PERIOD_MILLIS = 500;
    private static final long NEWCOMER_MILLIS = 1_000;
    private static final long CALL_MILLIS = 100;
    private static final int PAGE = 100;
    private static final int PAYLOAD_BYTES = 128;
    private static final long JOIN_ID = 2;

    /** The latest time at which an answer or a message counts. */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Victim victim;
    private final URI webSockets;
    private final ManagedChannel unary;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Session> sessions = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final Latencies deliveries = new Latencies();
    private final Latencies newcomers = new Latencies();
    private final Refusals refusals = new Refusals();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    HonestClients(Victim victim) {
        this.victim = victim;
        this.unary = victim.channel(TENANT);
        this.webSockets = URI.create("ws://127.0.0.1:" + victim.http().getPort() + "/ws");
        createGroups();
        for (int i = 0; i < CLIENTS; i++) {
            sessions.add(begun(i % 2 == 0, "g" + i / IN_A_GROUP, joined -> {}));
        }
        for (int i = 0; i < CLIENTS; i++) {
            Session session = sessions.get(i);
            repeat(PERIOD_MILLIS * i / CLIENTS, PERIOD_MILLIS, session::publish);
        }
        repeat(NEWCOMER_MILLIS, NEWCOMER_MILLIS, this::newcomer);
        repeat(CALL_MILLIS, CALL_MILLIS, this::call);
    }

    /** What happened since the last call. */
    Look take() {
        Map<String, Long> failed = new TreeMap<>();
        failures.forEach((what, times) -> failed.put(what, times.getAndSet(0)));
        failed.values().removeIf(times -> times == 0);
        return new Look(deliveries.take(), newcomers.take(), refusals.take(), failed);
    }

    /**
     * What honest clients saw in one phase.
     *
     * @param refused calls that the server had no room for, and said so
     * @param failures what went wrong besides, and how often
     */
    record Look(
            Latencies.Summary deliveries,
            Latencies.Summary newcomers,
            Refusals.Summary refused,
            Map<String, Long> failures) {}

    private void repeat(long delay, long period, Runnable task) {
        clock.scheduleAtFixedRate(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException failure) {
                        failed("a client: " + failure.getMessage());
                    }
                },
                delay,
                period,
                TimeUnit.MILLISECONDS);
    }

    private void createGroups() {
        for (int i = 0; i < CLIENTS / IN_A_GROUP; i++) {
            createGroup("g" + i);
        }
        createGroup("called");
    }

    private void createGroup(String name) {
        Victim.calls(unary)
                .createGroup(CreateGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(name)
                        .build());
    }

    private void call() {
        long begin = System.nanoTime();
        StreamObserver<Object> answered = new StreamObserver<>() {
            @Override
            public void onNext(Object answer) {
                deliveries.add(System.nanoTime() - begin);
            }

            @Override
            public void onError(Throwable failure) {
                if (isOverloaded(failure)) {
                    refusals.add();
                } else {
                    failed("a call: " + Status.fromThrowable(failure).getCode());
                }
            }

            @Override
            public void onCompleted() {}
        };
        ProcessGroupServiceStub calls =
                ProcessGroupServiceGrpc.newStub(unary).withDeadlineAfter(LOST_NANOS, TimeUnit.NANOSECONDS);
        calls.publishToGroup(
                PublishToGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName("called")
                        .setMessage(Message.newBuilder())
                        .build(),
                untyped(answered));
        calls.getMembers(
                GetMembersRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName("g0")
                        .setPageSize(PAGE)
                        .build(),
                untyped(answered));
    }

    private static boolean isOverloaded(Throwable failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        try {
            return status != null
                    && status.getDetailsCount() > 0
                    && status.getDetails(0).unpack(ErrorInfo.class).getReason().equals("OVERLOADED");
        } catch (InvalidProtocolBufferException another) {
            return false;
        }
    }

    @SuppressWarnings("unchecked")
    private static <A> StreamObserver<A> untyped(StreamObserver<Object> of) {
        return (StreamObserver<A>) (StreamObserver<?>) of;
    }

    private void newcomer() {
        long begin = System.nanoTime();
        long number = numbers.get();
        Session[] session = new Session[1];
        session[0] = begun(number % 2 == 0, "g0", joined -> {
            newcomers.add(System.nanoTime() - begin);
            joined.end();
        });
        clock.schedule(
                () -> {
                    if (!session[0].hasJoined) {
                        failed("a newcomer waited for 5 s");
                        session[0].end();
                    }
                },
                LOST_NANOS,
                TimeUnit.NANOSECONDS);
    }

    private Session begun(boolean webSocket, String group, Consumer<Session> joined) {
        Session session = webSocket ? new WebSocketSession(group, joined) : new GrpcSession(group, joined);
        session.begin("actor-" + numbers.incrementAndGet());
        return session;
    }

    private void failed(String what) {
        if (failures.size() < IN_A_GROUP) {
            failures.computeIfAbsent(what, unused -> new AtomicLong()).incrementAndGet();
        }
    }

    /** One actor in one group. */
    private abstract class Session {
        private final String group;
        private final Consumer<Session> joined;
        private final byte[] payload = new byte[PAYLOAD_BYTES];
        private volatile boolean ended;
        private volatile boolean hasJoined;

        Session(String group, Consumer<Session> joined) {
            this.group = group;
            this.joined = joined;
        }

        abstract void begin(String actor);

        abstract void send(SessionRequest request);

        abstract void leave();

        void end() {
            ended = true;
            leave();
        }

        void lost(String why) {
            if (!ended) {
                ended = true;
                failed("a connection ended: " + why);
            }
        }

        void introduce(String actor) {
            send(SessionRequest.newBuilder()
                    .setRequestId(1)
                    .setOpen(SessionOpen.newBuilder().setTenantId(TENANT).setActorId(actor))
                    .build());
            send(SessionRequest.newBuilder()
                    .setRequestId(JOIN_ID)
                    .setJoin(SubscribeRequest.newBuilder().setGroupName(group))
                    .build());
        }

        void publish() {
            if (ended || !hasJoined) {
                return;
            }
            byte[] message =
                    ByteBuffer.wrap(payload.clone()).putLong(System.nanoTime()).array();
            send(SessionRequest.newBuilder()
                    .setRequestId(JOIN_ID + 1)
                    .setPublish(PublishToGroupRequest.newBuilder()
                            .setGroupName(group)
                            .setAnswer(PublishAnswer.COUNTS)
                            .setMessage(Message.newBuilder().setPayload(ByteString.copyFrom(message))))
                    .build());
        }

        void receive(SessionResponse response) {
            for (Event event : response.getEventsList()) {
                if (event.hasMessage()) {
                    deliveries.add(System.nanoTime()
                            - event.getMessage()
                                    .getPayload()
                                    .asReadOnlyByteBuffer()
                                    .getLong());
                } else if (event.hasAnswer() && event.getAnswer().hasError()) {
                    failed(event.getAnswer().getError().getReason());
                } else if (event.hasAnswer() && event.getAnswer().getRequestId() == JOIN_ID) {
                    hasJoined = true;
                    joined.accept(this);
                } else if (event.hasGap()) {
                    failed("a gap");
                }
            }
        }
    }

    private final class GrpcSession extends Session implements StreamObserver<SessionResponse> {
        private final ManagedChannel channel = victim.channel(TENANT);
        private @Nullable StreamObserver<SessionRequest> requests;

        GrpcSession(String group, Consumer<Session> joined) {
            super(group, joined);
        }

        @Override
        void begin(String actor) {
            StreamObserver<SessionRequest> begun =
                    ProcessGroupServiceGrpc.newStub(channel).session(this);
            synchronized (this) {
                requests = begun;
            }
            introduce(actor);
        }

        @Override
        synchronized void send(SessionRequest request) {
            StreamObserver<SessionRequest> begun = requests;
            if (begun != null) {
                begun.onNext(request);
            }
        }

        @Override
        void leave() {
            channel.shutdownNow();
        }

        @Override
        public void onNext(SessionResponse response) {
            receive(response);
        }

        @Override
        public void onError(Throwable failure) {
            lost("gRPC " + failure.getMessage());
        }

        @Override
        public void onCompleted() {
            lost("gRPC, completed");
        }
    }

    private final class WebSocketSession extends Session implements WebSocket.Listener {
        private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
        private volatile @Nullable WebSocket socket;

        WebSocketSession(String group, Consumer<Session> joined) {
            super(group, joined);
        }

        @Override
        void begin(String actor) {
            WebSocket.Builder builder = http.newWebSocketBuilder();
            String token = victim.authorization(TENANT, actor);
            if (!token.isEmpty()) {
                builder.header("Authorization", token);
            }
            builder.subprotocols("processgroups.v1.proto")
                    .buildAsync(webSockets, this)
                    .whenComplete((connected, failure) -> {
                        if (connected == null) {
                            lost("WebSocket " + failure.getMessage());
                        } else {
                            socket = connected;
                            introduce(actor);
                        }
                    });
        }

        /** One at a time, as this client of the platform wants it. */
        @Override
        synchronized void send(SessionRequest request) {
            WebSocket connected = socket;
            if (connected != null) {
                connected
                        .sendBinary(ByteBuffer.wrap(request.toByteArray()), true)
                        .orTimeout(LOST_NANOS, TimeUnit.NANOSECONDS)
                        .join();
            }
        }

        @Override
        void leave() {
            WebSocket connected = socket;
            if (connected != null) {
                connected.abort();
            }
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            parts.writeBytes(part);
            if (last) {
                try {
                    receive(SessionResponse.parseFrom(parts.toByteArray()));
                } catch (InvalidProtocolBufferException malformed) {
                    failed("a malformed answer");
                }
                parts.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            lost("WebSocket " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            lost("WebSocket " + failure.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        sessions.forEach(Session::end);
        unary.shutdownNow();
    }
}

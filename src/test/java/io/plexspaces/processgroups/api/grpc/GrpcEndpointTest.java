package io.plexspaces.processgroups.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
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
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveReason;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.UpdateResponse;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.proto.v1.WatchResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every operation over real sockets.
 *
 * <p>One file, as it has one case for each operation.
 */
class GrpcEndpointTest {
    private static final int MAILBOX = 256 * 1024;

    /** Streams whose events, as far as the transport takes them, are more than one connection may hold. */
    private static final int STALLED = 250;

    /** About what that is: 8 queues. */
    private static final long FULL = (8 << 20) - 64 * 1024;

    private final MemoryService service = new MemoryService(MAILBOX);
    private final ServerBudget transport = new ServerBudget(64 << 20);
    private Server server;
    private ManagedChannel channel;
    private ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub groups;
    private ProcessGroupServiceGrpc.ProcessGroupServiceStub streams;

    @BeforeEach
    void start() throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(new GrpcEndpoint(endpoints(), new UnaryCalls(), IdleTrafficTest.off()));
        GrpcTransport.bound(
                builder,
                GrpcServerSettings.bounds(TestSettings.defaults(), transport),
                new OpenConnections(new OpenConnections.Limits(1_000, 0), System::nanoTime),
                null);
        server = builder.build().start();
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", server.getPort()))
                .usePlaintext()
                .flowControlWindow(64 * 1024)
                .build();
        groups = ProcessGroupServiceGrpc.newBlockingStub(channel);
        streams = ProcessGroupServiceGrpc.newStub(channel);
        groups.createGroup(CreateGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .build());
    }

    private SessionProtocol.Service endpoints() {
        ApiSettings settings = TestSettings.defaults();
        return new SessionProtocol.Service(
                service.groups,
                service.sessions,
                new Requests(settings, Caller.anybody()),
                settings,
                (operation, cause) -> {},
                Traces.OFF,
                new ServerBudget(1 << 30),
                Authenticator.none(),
                new Expiry(InstantSource.system(), (nanos, step) -> () -> {}));
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        service.close();
    }

    @Test
    void everyMethodOfTheProto_isServed() {
        assertThat(new GrpcEndpoint(endpoints(), new UnaryCalls(), IdleTrafficTest.off())
                        .bindService()
                        .getServiceDescriptor()
                        .getMethods())
                .extracting(MethodDescriptor::getFullMethodName)
                .containsExactlyInAnyOrderElementsOf(
                        ProcessGroupServiceGrpc.getServiceDescriptor().getMethods().stream()
                                .map(MethodDescriptor::getFullMethodName)
                                .toList());
    }

    @Test
    void create_existingGroupIsRefusedWithErrorInfo() {
        assertFails(
                "GROUP_EXISTS",
                Status.Code.ALREADY_EXISTS,
                () -> groups.createGroup(CreateGroupRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .build()));
    }

    @Test
    void list_findsByPatternAndPages() {
        for (String name : List.of("rack-1", "rack-2", "rack-3")) {
            groups.createGroup(CreateGroupRequest.newBuilder()
                    .setTenantId("acme")
                    .setNamespace("prod")
                    .setGroupName(name)
                    .build());
        }
        ListGroupsRequest.Builder query = ListGroupsRequest.newBuilder()
                .setTenantId("acme")
                .setNamePattern("rack-*")
                .setPageSize(2);

        var first = groups.listGroups(query.build());
        var second =
                groups.listGroups(query.setPageToken(first.getNextPageToken()).build());

        assertThat(first.getGroupsList()).extracting(ProcessGroup::getGroupName).containsExactly("rack-1", "rack-2");
        assertThat(first.getTotalCount()).isEqualTo(3);
        assertThat(second.getGroupsList())
                .extracting(ProcessGroup::getGroupName)
                .containsExactly("rack-3");
        assertThat(second.getNextPageToken()).isEmpty();
        assertFails(
                "INVALID_ARGUMENT",
                Status.Code.INVALID_ARGUMENT,
                () -> groups.listGroups(query.setNamePattern("*").build()));
    }

    @Test
    void joinAndLeave_countJoins() {
        join("ann", "user.*");
        JoinGroupResponse second = join("ann", "mail");
        assertThat(second.getJoinCount()).isEqualTo(2);

        GetMembersResponse members = groups.getMembers(GetMembersRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setDetailed(true)
                .build());
        assertThat(members.getMemberIdsList()).containsExactly("ann");
        assertThat(members.getTotalCount()).isEqualTo(1);
        assertThat(members.getMembershipsList()).singleElement().satisfies(member -> {
            assertThat(member.getJoinCount()).isEqualTo(2);
            assertThat(member.getTopicsList()).containsExactly("mail", "user.*");
        });
        assertThat(groups.getLocalMembers(GetLocalMembersRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .build())
                        .getMemberIdsList())
                .containsExactly("ann");

        assertThat(leave("ann")).isEqualTo(1);
        assertThat(leave("ann")).isZero();
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> leave("ann"));
    }

    @Test
    void renew_prolongsALease() {
        JoinGroupResponse joined = groups.joinGroup(JoinGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .setTtl(Duration.newBuilder().setSeconds(60))
                .build());
        assertThat(joined.getLeaseId()).isNotEmpty();
        RenewLeaseRequest.Builder renew = RenewLeaseRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .setLeaseId(joined.getLeaseId());

        assertThat(groups.renewLease(renew.build()).getRenewed()).isEqualTo(1);
        assertFails(
                "LEASE_NOT_FOUND",
                Status.Code.NOT_FOUND,
                () -> groups.renewLease(renew.setLeaseId("other").build()));
    }

    @Test
    void update_replacesWhatJoinsSay() {
        groups.joinGroup(JoinGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .putMetadata("state", "idle")
                .putMetadata("name", "Ann")
                .build());
        UpdateRequest.Builder update = UpdateRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .putMetadata("state", "typing");

        UpdateResponse updated = groups.update(update.build());
        assertThat(updated.getEpoch()).isNotEmpty();
        assertThat(groups.update(update.build())).isEqualTo(updated);
        assertThat(groups.getMembers(GetMembersRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setDetailed(true)
                                .build())
                        .getMemberships(0)
                        .getJoins(0)
                        .getMetadataMap())
                .containsExactly(Map.entry("state", "typing"));
        assertFails(
                "LEASE_NOT_FOUND",
                Status.Code.NOT_FOUND,
                () -> groups.update(update.setLeaseId("other").build()));
    }

    @Test
    void publish_reachesSubscribersByTopicAndIsFetched() {
        Events ann = subscribe("ann", "user.*");
        Events bob = subscribe("bob");
        PublishToGroupResponse login = publish("user.login", "in");
        publish("mail.sent", "post");

        assertThat(login.getRecipientIdsList()).containsExactlyInAnyOrder("ann", "bob");
        assertThat(login.getRecipientsPerNodeMap()).containsEntry("node-1", 2);
        Awaitility.await().until(() -> bob.texts().size() == 2 && !ann.texts().isEmpty());
        assertThat(bob.texts()).containsExactly("in", "post");
        assertThat(ann.texts()).containsExactly("in");

        FetchMessagesResponse fetched = groups.fetchMessages(FetchMessagesRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .build());
        assertThat(fetched.getEventsList()).extracting(Event::getTopic).containsExactly("user.login");
        assertThat(fetched.getCaughtUp()).isTrue();
    }

    @Test
    void subscribe_keepsTheOrderOfTheLog() {
        Events ann = subscribe("ann");
        for (int i = 0; i < 500; i++) {
            publish("", "m" + i);
        }
        Awaitility.await().until(() -> ann.texts().size() == 500);

        assertThat(ann.texts())
                .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void subscribe_toNoGroupEndsWithItsReason() {
        Events lost = new Events();
        streams.subscribe(
                SubscribeRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("none")
                        .setActorId("ann")
                        .build(),
                lost.of(SubscribeResponse::getEventsList));

        Awaitility.await().until(() -> lost.ended);
        assertThat(lost.reason()).isEqualTo("GROUP_NOT_FOUND");
    }

    @Test
    void subscribe_endsWithItsGroup() {
        Events ann = subscribe("ann");
        assertThat(groups.deleteGroup(DeleteGroupRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .build())
                        .getExisted())
                .isTrue();

        Awaitility.await().until(() -> ann.ended);
        assertThat(ann.events()).last().satisfies(event -> assertThat(event.hasGroupDeleted() || event.hasLeft())
                .isTrue());
    }

    @Test
    void subscribe_endsWhenItsActorIsEvicted() {
        Events ann = subscribe("ann");
        EvictRequest request = EvictRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .build();
        assertThat(groups.evict(request).getJoins()).isEqualTo(1);

        Awaitility.await().until(() -> ann.ended);
        assertThat(ann.reason()).isEqualTo("EVICTED");
        assertThat(ann.events())
                .last()
                .satisfies(event -> assertThat(event.getLeft().getReason()).isEqualTo(LeaveReason.EVICTED));
        assertThat(members()).isEmpty();
        assertFails("NOT_A_MEMBER", Status.Code.NOT_FOUND, () -> groups.evict(request));
    }

    @Test
    void actorThatIsBanned_isToldWhenItMayComeBack() {
        EvictRequest.Builder request = EvictRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .setBan(Duration.newBuilder().setSeconds(600));
        assertThat(groups.evict(request.build()).getJoins()).isZero();
        Events ann = new Events();
        SubscribeRequest subscription = SubscribeRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId("ann")
                .build();
        streams.subscribe(subscription, ann.of(SubscribeResponse::getEventsList));
        Awaitility.await().until(() -> ann.ended);
        assertThat(ann.reason()).isEqualTo("BANNED");
        assertThat(ann.events()).isEmpty();
        assertFails("BANNED", Status.Code.PERMISSION_DENIED, () -> join("ann"));

        groups.evict(request.setBan(Duration.getDefaultInstance()).build());
        subscribe("ann");
        assertThat(members()).containsExactly("ann");
    }

    @Test
    void cancelledSubscription_leavesTheGroup() {
        Context.CancellableContext client = Context.current().withCancellation();
        Events eve = new Events();
        client.run(() -> streams.subscribe(
                SubscribeRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .setActorId("eve")
                        .build(),
                eve.of(SubscribeResponse::getEventsList)));
        Awaitility.await().until(() -> !eve.events().isEmpty());
        assertThat(members()).containsExactly("eve");

        client.cancel(null);
        Awaitility.await().until(() -> members().isEmpty());
    }

    @Test
    void watch_tellsMembersThenChanges() {
        join("ann");
        Events watch = new Events();
        streams.watch(
                WatchRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .build(),
                watch.of(WatchResponse::getEventsList));
        Awaitility.await().until(() -> !watch.events().isEmpty());
        join("bob");
        leave("ann");

        Awaitility.await().until(() -> watch.events().size() == 3);
        assertThat(watch.events().get(0).getSnapshot().getMembersList())
                .extracting(GroupMembership::getActorId)
                .containsExactly("ann");
        assertThat(watch.events().get(1).getJoined().getActorId()).isEqualTo("bob");
        assertThat(watch.events().get(2).getLeft().getActorId()).isEqualTo("ann");
    }

    @Test
    void session_answersEveryRequestAndEndsAfterTheLast() {
        Events events = new Events();
        StreamObserver<SessionRequest> requests = streams.session(events.of(SessionResponse::getEventsList));
        requests.onNext(SessionRequest.newBuilder()
                .setRequestId(1)
                .setOpen(SessionOpen.newBuilder().setTenantId("acme").setActorId("ann"))
                .build());
        requests.onNext(SessionRequest.newBuilder()
                .setRequestId(2)
                .setJoin(SubscribeRequest.newBuilder().setGroupName("room"))
                .build());
        for (int i = 3; i < 1003; i++) {
            requests.onNext(SessionRequest.newBuilder()
                    .setRequestId(i)
                    .setPublish(PublishToGroupRequest.newBuilder()
                            .setGroupName("room")
                            .setMessage(Message.newBuilder().setPayload(ByteString.copyFromUtf8("m" + i))))
                    .build());
        }
        requests.onCompleted();

        Awaitility.await().until(() -> events.ended);
        assertThat(events.failure).isNull();
        assertThat(events.events().stream().filter(Event::hasAnswer).map(event -> event.getAnswer()
                        .getRequestId()))
                .hasSize(1002)
                .doesNotHaveDuplicates();
        assertThat(events.events().stream().filter(event -> event.getAnswer().hasError()))
                .isEmpty();
    }

    @Test
    void malformedRequest_isInvalid() {
        MethodDescriptor.Marshaller<byte[]> raw = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] bytes) {
                return new ByteArrayInputStream(bytes);
            }

            @Override
            public byte[] parse(InputStream stream) {
                return new byte[0];
            }
        };
        for (MethodDescriptor<?, ?> method :
                List.of(ProcessGroupServiceGrpc.getCreateGroupMethod(), ProcessGroupServiceGrpc.getSubscribeMethod())) {
            MethodDescriptor<byte[], byte[]> garbled = method.toBuilder(raw, raw)
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .build();
            assertFails(
                    "INVALID_ARGUMENT",
                    Status.Code.INVALID_ARGUMENT,
                    () -> ClientCalls.blockingUnaryCall(
                            channel, garbled, CallOptions.DEFAULT, new byte[] {10, (byte) 200, 1}));
        }
    }

    @Test
    void oversizedMessage_isRefusedAndTheServerGoesOn() {
        assertFails("LIMIT_EXCEEDED", Status.Code.RESOURCE_EXHAUSTED, () -> publish("", "x".repeat(1 << 20)));
        assertThat(publish("", "small").getOffset()).isPositive();
    }

    @Test
    void stalledSubscriber_isCutWhileOthersGoOn() {
        Events stalled = new Events();
        stalled.reads = false;
        streams.subscribe(
                SubscribeRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .setActorId("slow")
                        .build(),
                stalled.of(SubscribeResponse::getEventsList));
        Awaitility.await().until(() -> members().contains("slow"));
        Events quick = subscribe("quick");
        String large = "x".repeat(16 * 1024);
        for (int i = 0; i < 100; i++) {
            publish("", large);
        }

        Awaitility.await().until(() -> quick.texts().size() == 100);
        Awaitility.await().until(() -> !members().contains("slow"));
        stalled.read();
        Awaitility.await().until(() -> stalled.ended);
        assertThat(stalled.reason()).isEqualTo("SLOW_CONSUMER");
    }

    /** What a thousand streams would join and read for a client that takes nothing, it does not join and read. */
    @Test
    void subscription_isBegunOnceItsClientTakesWhatWasSentToItsOtherStreams() {
        ManagedChannel proxy = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", server.getPort()))
                .usePlaintext()
                .flowControlWindow(64 * 1024)
                .build();
        List<Events> stalled = new ArrayList<>();
        for (int i = 0; i < STALLED; i++) {
            Events one = new Events();
            one.reads = false;
            stalled.add(one);
            begin(proxy, "stalled-" + i, one);
        }
        Awaitility.await().until(() -> members().size() == STALLED);
        String large = "x".repeat(16 * 1024);
        for (int i = 0; i < 6; i++) {
            publish("", large);
        }

        Awaitility.await().during(200, TimeUnit.MILLISECONDS).untilAsserted(() -> assertThat(transport.held())
                .isGreaterThan(FULL));
        long before = transport.held();

        Events late = new Events();
        late.reads = false;
        begin(proxy, "late", late);
        Awaitility.await("it waits, and counts").until(() -> transport.held() >= before + 1_000);
        Events elsewhere = subscribe("elsewhere");
        assertThat(members()).contains("elsewhere").doesNotContain("late");
        assertThat(elsewhere.ended).isFalse();
        // What is sent to it meanwhile must not take the place of its beginning.
        service.sessions.drain(java.time.Duration.ZERO, java.time.Duration.ofSeconds(60));
        Awaitility.await().until(() -> elsewhere.events().stream().anyMatch(Event::hasDraining));
        stalled.forEach(Events::read);
        Awaitility.await().until(() -> members().contains("late"));
        assertThat(stalled).allMatch(one -> !one.ended);
        proxy.shutdownNow();
    }

    private static void begin(ManagedChannel by, String actor, Events events) {
        ProcessGroupServiceGrpc.newStub(by)
                .subscribe(
                        SubscribeRequest.newBuilder()
                                .setTenantId("acme")
                                .setGroupName("room")
                                .setActorId(actor)
                                .build(),
                        events.of(SubscribeResponse::getEventsList));
    }

    private Events subscribe(String actor, String... topics) {
        Events events = new Events();
        streams.subscribe(
                SubscribeRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .setActorId(actor)
                        .addAllTopics(List.of(topics))
                        .build(),
                events.of(SubscribeResponse::getEventsList));
        Awaitility.await().until(() -> !events.events().isEmpty());
        assertThat(events.events().get(0).hasSubscribed()).isTrue();
        assertThat(events.events().get(0).getSubscribed().getResumeToken()).isNotEmpty();
        return events;
    }

    private JoinGroupResponse join(String actor, String... topics) {
        return groups.joinGroup(JoinGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setActorId(actor)
                .addAllTopics(List.of(topics))
                .build());
    }

    private int leave(String actor) {
        return groups.leaveGroup(LeaveGroupRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .setActorId(actor)
                        .build())
                .getJoinCount();
    }

    private List<String> members() {
        return groups.getMembers(GetMembersRequest.newBuilder()
                        .setTenantId("acme")
                        .setGroupName("room")
                        .build())
                .getMemberIdsList();
    }

    private PublishToGroupResponse publish(String topic, String text) {
        return groups.publishToGroup(PublishToGroupRequest.newBuilder()
                .setTenantId("acme")
                .setGroupName("room")
                .setTopic(topic)
                .setMessage(Message.newBuilder().setPayload(ByteString.copyFromUtf8(text)))
                .build());
    }

    private static void assertFails(String reason, Status.Code code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(failure.getStatus().getCode()).isEqualTo(code);
            assertThat(info(failure).getReason()).isEqualTo(reason);
            assertThat(info(failure).getDomain()).isEqualTo("processgroups.plexspaces.io");
            assertThat(info(failure).getMetadataMap()).containsEntry("retryable", "false");
        });
    }

    private static ErrorInfo info(Throwable failure) {
        try {
            return StatusProto.fromThrowable(failure).getDetails(0).unpack(ErrorInfo.class);
        } catch (IOException noErrorInfo) {
            throw new AssertionError(noErrorInfo);
        }
    }

    /** What one stream received. */
    private static final class Events {
        private final List<Event> received = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean reads = true;
        private volatile boolean ended;
        private volatile @Nullable Throwable failure;
        private volatile ClientCallStreamObserver<?> call;

        <Q, A> ClientResponseObserver<Q, A> of(Function<A, List<Event>> events) {
            return new ClientResponseObserver<>() {
                @Override
                public void beforeStart(ClientCallStreamObserver<Q> stream) {
                    call = stream;
                    if (!reads) {
                        stream.disableAutoRequestWithInitial(0);
                    }
                }

                @Override
                public void onNext(A response) {
                    received.addAll(events.apply(response));
                }

                @Override
                public void onError(Throwable cause) {
                    failure = cause;
                    ended = true;
                }

                @Override
                public void onCompleted() {
                    ended = true;
                }
            };
        }

        void read() {
            call.request(Integer.MAX_VALUE);
        }

        List<Event> events() {
            synchronized (received) {
                return List.copyOf(received);
            }
        }

        List<String> texts() {
            return events().stream()
                    .filter(Event::hasMessage)
                    .map(event -> event.getMessage().getPayload().toStringUtf8())
                    .toList();
        }

        String reason() {
            return info(failure).getReason();
        }
    }
}

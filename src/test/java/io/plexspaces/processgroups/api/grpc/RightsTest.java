package io.plexspaces.processgroups.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Operation;
import io.plexspaces.processgroups.access.Rule;
import io.plexspaces.processgroups.access.Witness;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Expiry;
import io.plexspaces.processgroups.api.MemoryService;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.TestSettings;
import io.plexspaces.processgroups.api.UnaryCalls;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CancelAskRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RefreshToken;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest.RequestCase;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.quota.QuotaSettings;
import io.plexspaces.processgroups.quota.Quotas;
import io.plexspaces.processgroups.tasks.Delays;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation needs its right, and a token at all, before anything is looked up: over real sockets, for each method
 * and each request of a session that the proto has.
 *
 * <p>One file, as all cases ask the same tables.
 */
class RightsTest {
    private static final String TENANT = "acme";
    private static final String GROUP = "room";
    private static final String ACTOR = "ann";
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final MemoryService service = new MemoryService(256 * 1024);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Caller> callers = new ConcurrentHashMap<>();
    private final Denials denials = new Denials();
    private final CompletableFuture<Void> slow = new CompletableFuture<>();

    /** What evictions from the whole tenant fail with, after they have begun; null: they do not. */
    private @Nullable GroupException interruption;

    private Server server;
    private ManagedChannel channel;

    /** What a method needs, and a request that is well formed. */
    record Method(String name, Operation needed, Message request) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Method> methods() {
        return List.of(
                new Method(
                        "CreateGroup",
                        Operation.MANAGE,
                        CreateGroupRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName("new")
                                .build()),
                new Method(
                        "DeleteGroup",
                        Operation.MANAGE,
                        DeleteGroupRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName("none")
                                .build()),
                new Method(
                        "JoinGroup",
                        Operation.JOIN,
                        JoinGroupRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setActorId(ACTOR)
                                .build()),
                new Method(
                        "LeaveGroup",
                        Operation.JOIN,
                        LeaveGroupRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setActorId(ACTOR)
                                .build()),
                new Method(
                        "RenewLease",
                        Operation.JOIN,
                        RenewLeaseRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setActorId(ACTOR)
                                .setLeaseId("lease")
                                .build()),
                new Method(
                        "GetMembers",
                        Operation.READ,
                        GetMembersRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .build()),
                new Method(
                        "GetLocalMembers",
                        Operation.READ,
                        GetLocalMembersRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .build()),
                new Method(
                        "ListGroups",
                        Operation.READ,
                        ListGroupsRequest.newBuilder().setTenantId(TENANT).build()),
                new Method(
                        "FetchMessages",
                        Operation.READ,
                        FetchMessagesRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .build()),
                new Method(
                        "PublishToGroup",
                        Operation.PUBLISH,
                        PublishToGroupRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setMessage(message())
                                .build()),
                new Method(
                        "Ask",
                        Operation.PUBLISH,
                        AskRequest.newBuilder()
                                .setPublish(PublishToGroupRequest.newBuilder()
                                        .setTenantId(TENANT)
                                        .setGroupName(GROUP)
                                        .setMessage(message()))
                                .build()),
                new Method(
                        "Reply",
                        Operation.JOIN,
                        ReplyRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setActorId(ACTOR)
                                .setEpoch("epoch")
                                .setOffset(2)
                                .setMessage(message())
                                .build()),
                new Method(
                        "Evict",
                        Operation.MANAGE,
                        EvictRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName("none")
                                .setActorId(ACTOR)
                                .build()),
                new Method(
                        "Update",
                        Operation.JOIN,
                        UpdateRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setActorId(ACTOR)
                                .build()),
                new Method(
                        "Subscribe",
                        Operation.JOIN,
                        SubscribeRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setActorId(ACTOR)
                                .build()),
                new Method(
                        "Watch",
                        Operation.READ,
                        WatchRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .build()));
    }

    /** The same for the requests of a session. */
    private static Map<RequestCase, Operation> neededInSession() {
        Map<RequestCase, Operation> needed = new EnumMap<>(RequestCase.class);
        needed.put(RequestCase.JOIN, Operation.JOIN);
        needed.put(RequestCase.LEAVE, Operation.JOIN);
        needed.put(RequestCase.RENEW, Operation.JOIN);
        needed.put(RequestCase.UPDATE, Operation.JOIN);
        needed.put(RequestCase.PUBLISH, Operation.PUBLISH);
        needed.put(RequestCase.ASK, Operation.PUBLISH);
        needed.put(RequestCase.REPLY, Operation.JOIN);
        needed.put(RequestCase.WATCH, Operation.READ);
        needed.put(RequestCase.UNWATCH, Operation.READ);
        return needed;
    }

    private static io.plexspaces.processgroups.proto.v1.Message.Builder message() {
        return io.plexspaces.processgroups.proto.v1.Message.newBuilder().setSenderId(ACTOR);
    }

    private static SessionRequest inSession(RequestCase request) {
        SessionRequest.Builder builder = SessionRequest.newBuilder().setRequestId(2);
        WatchRequest watch = WatchRequest.newBuilder().setGroupName(GROUP).build();
        return switch (request) {
            case JOIN ->
                builder.setJoin(SubscribeRequest.newBuilder().setGroupName(GROUP))
                        .build();
            case LEAVE ->
                builder.setLeave(LeaveGroupRequest.newBuilder().setGroupName(GROUP))
                        .build();
            case RENEW ->
                builder.setRenew(RenewLeaseRequest.newBuilder().setGroupName(GROUP))
                        .build();
            case UPDATE ->
                builder.setUpdate(UpdateRequest.newBuilder().setGroupName(GROUP))
                        .build();
            case PUBLISH ->
                builder.setPublish(PublishToGroupRequest.newBuilder()
                                .setGroupName(GROUP)
                                .setMessage(message()))
                        .build();
            case ASK ->
                builder.setAsk(AskRequest.newBuilder()
                                .setPublish(PublishToGroupRequest.newBuilder()
                                        .setGroupName(GROUP)
                                        .setMessage(message())))
                        .build();
            case REPLY ->
                builder.setReply(ReplyRequest.newBuilder()
                                .setGroupName(GROUP)
                                .setEpoch("epoch")
                                .setOffset(2)
                                .setMessage(message()))
                        .build();
            case WATCH -> builder.setWatch(watch).build();
            case UNWATCH -> builder.setUnwatch(watch).build();
            case CANCEL_ASK ->
                builder.setCancelAsk(CancelAskRequest.newBuilder().setAsk(1)).build();
            case OPEN, REFRESH, REQUEST_NOT_SET -> throw new AssertionError("needs no right of its own");
        };
    }

    @BeforeEach
    void start() throws IOException {
        callers.put("nothing", caller("ann"));
        for (Operation operation : Operation.values()) {
            callers.put(operation.text(), caller("ann", rule(operation)));
        }
        start(new Tokens(), Caller.nobody(), denials, null);
    }

    private void start(Authenticator authenticator, Caller unasked, Witness witness, Quotas.@Nullable Meter meter)
            throws IOException {
        ApiSettings settings = TestSettings.defaults();
        SessionProtocol.Service endpoints = new SessionProtocol.Service(
                interrupted(service.groups),
                service.sessions,
                new Requests(settings, unasked, witness, meter),
                settings,
                (operation, cause) -> {},
                Traces.OFF,
                new ServerBudget(1 << 30),
                authenticator,
                new Expiry(InstantSource.system(), Delays.on(timer)));
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .directExecutor()
                .addService(new GrpcEndpoint(endpoints, new UnaryCalls(), IdleTrafficTest.off()))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", server.getPort()))
                .usePlaintext()
                .build();
    }

    private Groups interrupted(Groups groups) {
        return (Groups) Proxy.newProxyInstance(
                Groups.class.getClassLoader(), new Class<?>[] {Groups.class}, (proxy, method, arguments) -> {
                    if (interruption != null && method.getName().equals("evictEverywhere")) {
                        return Uni.createFrom().failure(interruption);
                    }
                    try {
                        return method.invoke(groups, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        service.close();
        timer.shutdownNow();
    }

    private static Rule rule(Operation operation) {
        return Rule.of(null, null, null, null, List.of(operation.text()));
    }

    private static Caller caller(String subject, Rule... rules) {
        return Caller.of(TENANT, subject, List.of(rules), null);
    }

    /** Knows a caller by the name of its only right. */
    private final class Tokens implements Authenticator {
        @Override
        public CompletionStage<Caller> authenticate(@Nullable String token, @Nullable SocketAddress from) {
            if ("slow".equals(token)) {
                return slow.thenApply(done -> callers.get("read"));
            }
            Caller caller = token == null ? null : callers.get(token);
            return caller == null
                    ? CompletableFuture.failedFuture(
                            GroupException.of(ErrorCode.UNAUTHENTICATED, "no token that is known"))
                    : CompletableFuture.completedFuture(caller);
        }

        @Override
        public void refused(AuthFailure reason, @Nullable SocketAddress from) {}

        @Override
        public boolean asks() {
            return true;
        }
    }

    /** What was denied, and what was managed, in their order. */
    private static final class Denials implements Witness {
        private final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        public void denied(Attempt attempt, Right right, String field) {
            seen.add("denied " + right.label() + told(attempt));
        }

        @Override
        public void managed(Attempt attempt, boolean known) {
            seen.add((known ? "managed" : "perhaps managed") + told(attempt));
        }

        private static String told(Attempt attempt) {
            assertThat(attempt.from()).isInstanceOf(InetSocketAddress.class);
            return " " + attempt.operation() + " by " + attempt.caller().subject() + " of "
                    + attempt.caller().tenant() + " on " + attempt.tenant() + "/" + attempt.namespace() + "/"
                    + attempt.group() + "/" + attempt.actor();
        }
    }

    @Test
    void tables_haveAllThatTheProtoHas() {
        assertThat(Stream.concat(methods().stream().map(Method::name), Stream.of("Session")))
                .containsExactlyInAnyOrderElementsOf(
                        ProcessGroupServiceGrpc.getServiceDescriptor().getMethods().stream()
                                .map(MethodDescriptor::getBareMethodName)
                                .toList());
        Set<RequestCase> requests = Arrays.stream(RequestCase.values())
                .filter(request -> !Set.of(
                                RequestCase.OPEN,
                                RequestCase.REFRESH,
                                RequestCase.CANCEL_ASK,
                                RequestCase.REQUEST_NOT_SET)
                        .contains(request))
                .collect(Collectors.toSet());
        assertThat(neededInSession()).containsOnlyKeys(requests);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void method_needsItsRight_beforeAnythingIsLookedUp(Method method) {
        assertThat(failure(method, "nothing")).isEqualTo("PERMISSION_DENIED");
        for (Operation operation : Operation.values()) {
            assertThat(failure(method, operation.text()))
                    .as("%s with %s", method, operation)
                    .satisfies(failure -> {
                        if (operation == method.needed()) {
                            assertThat(failure).isNotEqualTo("PERMISSION_DENIED");
                        } else {
                            assertThat(failure).isEqualTo("PERMISSION_DENIED");
                        }
                    });
        }
    }

    /** For the metric and the audit log. */
    @ParameterizedTest
    @MethodSource("methods")
    void methodThatIsDenied_isToldOfOnce_withWhoAndWhat(Method method) {
        assertThat(failure(method, "nothing")).isEqualTo("PERMISSION_DENIED");
        assertThat(denials.seen)
                .singleElement()
                .asString()
                .startsWith("denied " + method.needed().text() + " ")
                .contains(" by ann of acme on acme/");
    }

    @Test
    void requestOfASessionThatIsDenied_isToldOfOnce() {
        for (RequestCase request : neededInSession().keySet()) {
            denials.seen.clear();
            assertThat(failureInSession(request, "manage")).isEqualTo("PERMISSION_DENIED");
            assertThat(denials.seen)
                    .singleElement()
                    .asString()
                    .startsWith("denied " + neededInSession().get(request).text() + " ")
                    .contains(" by ann of acme on acme/default/room/");
        }
    }

    @Test
    void whoIsEvicted_isToldOf() {
        create(GROUP);
        denials.seen.clear();
        EvictRequest request = EvictRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId(ACTOR)
                .build();
        assertThatThrownBy(() -> stub("manage").evict(request)).hasMessageContaining("not a member");
        assertThat(denials.seen).isEmpty();
        stub("join")
                .joinGroup(JoinGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(GROUP)
                        .setActorId(ACTOR)
                        .build());
        assertThat(stub("manage").evict(request).getJoins()).isEqualTo(1);
        assertThat(denials.seen).containsExactly("managed evict by ann of acme on acme/default/room/ann");
    }

    @Test
    void evictingEverywhere_thatEndsInTheMiddle_isToldOf_andThatIsRefusedIsNot() {
        EvictRequest request = EvictRequest.newBuilder()
                .setTenantId(TENANT)
                .setActorId(ACTOR)
                .setEverywhere(true)
                .build();
        for (ErrorCode code : List.of(ErrorCode.OVERLOADED, ErrorCode.FENCED, ErrorCode.STORE_UNAVAILABLE)) {
            denials.seen.clear();
            interruption = GroupException.of(code, "expected by the test");
            assertThatThrownBy(() -> stub("manage").evict(request)).hasMessageContaining("expected by the test");
            assertThat(denials.seen).as(code.name()).singleElement().asString().startsWith("perhaps managed evict");
        }
        denials.seen.clear();
        for (GroupException refusal : List.of(GroupException.evicting("2 evictions"), GroupException.evictions(1))) {
            interruption = refusal;
            assertThatThrownBy(() -> stub("manage").evict(request)).hasMessageContaining("everywhere");
            assertThat(denials.seen).isEmpty();
        }
    }

    @Test
    void evictingEverywhere_needsARuleForAllGroups_andIsToldOf() {
        create(GROUP);
        denials.seen.clear();
        EvictRequest request = EvictRequest.newBuilder()
                .setTenantId(TENANT)
                .setActorId(ACTOR)
                .setEverywhere(true)
                .build();
        callers.put("group", caller("ann", Rule.of(null, List.of(GROUP), null, null, List.of("manage"))));
        callers.put("namespace", caller("ann", Rule.of(List.of("default"), null, null, null, List.of("manage"))));
        for (String less : List.of("group", "namespace", "join")) {
            assertThatThrownBy(() -> stub(less).evict(request)).hasMessageContaining("manage is not permitted");
        }
        assertThat(denials.seen).hasSize(3).allMatch(seen -> seen.contains(" evict by ann of acme on acme/null/null/"));
        denials.seen.clear();
        assertThat(stub("manage").evict(request).getJoins()).isZero();
        assertThat(denials.seen).containsExactly("managed evict by ann of acme on acme/null/null/" + ACTOR);
    }

    @Test
    void whatIsCreatedOrDeleted_isToldOf_andNothingElse() {
        create(GROUP);
        assertThat(failure(methods().get(0), "manage")).isEmpty();
        assertThat(failure(methods().get(0), "manage")).isEqualTo("GROUP_EXISTS");
        assertThat(failure(methods().get(1), "manage")).isEmpty();
        stub("manage")
                .deleteGroup(DeleteGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(GROUP)
                        .build());
        assertThat(denials.seen)
                .containsExactly(
                        "managed create by ann of acme on acme/default/room/null",
                        "managed create by ann of acme on acme/default/new/null",
                        "managed delete by ann of acme on acme/default/room/null");
    }

    /** Of a tenant: so many requests, and then no more. */
    private void startWithQuotas(QuotaSettings ofAcme, QuotaSettings ofSession) throws IOException {
        channel.shutdownNow();
        server.shutdownNow();
        Quotas.Limits limits = new Quotas.Limits(QuotaSettings.NONE, Map.of(TENANT, ofAcme), ofSession);
        start(new Tokens(), Caller.nobody(), denials, new Quotas(limits, () -> 0, quota -> {}).meter());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void method_countsForItsTenantsQuota_beforeAnythingElse(Method method) throws IOException {
        startWithQuotas(new QuotaSettings(2, 0, 0, 0), QuotaSettings.NONE);
        assertThat(failure(method, method.needed().text())).isNotEqualTo("QUOTA_EXCEEDED");
        assertThat(failure(method, "nothing")).isEqualTo("PERMISSION_DENIED");
        assertThat(failure(method, method.needed().text())).isEqualTo("QUOTA_EXCEEDED");
        assertThat(failure(method, "nothing")).isEqualTo("QUOTA_EXCEEDED");
        callers.put("other", Caller.of("other", "ann", List.of(rule(method.needed())), null));
        assertThat(failure(method, "other"))
                .as("names acme, and uses up its own")
                .isEqualTo("PERMISSION_DENIED");
    }

    @Test
    void requestOfASession_countsForTheQuotas_andTheSessionGoesOn() throws IOException {
        callers.put("all", caller("ann", Rule.of(null, null, null, null, List.of("*"))));
        QuotaSettings one = new QuotaSettings(1, 0, 0, 0);
        for (QuotaSettings ofSession : List.of(QuotaSettings.NONE, one)) {
            for (RequestCase request : RequestCase.values()) {
                if (Set.of(RequestCase.OPEN, RequestCase.REQUEST_NOT_SET).contains(request)) {
                    continue;
                }
                startWithQuotas(ofSession.equals(one) ? QuotaSettings.NONE : one, ofSession);
                Dialogue dialogue = new Dialogue("all");
                dialogue.open();
                dialogue.send(
                        request == RequestCase.REFRESH
                                ? refresh("all").toBuilder().setRequestId(2).build()
                                : inSession(request));
                io.plexspaces.processgroups.proto.v1.Error refused =
                        dialogue.answer(2).getError();
                assertThat(refused.getReason()).as("%s", request).isEqualTo("QUOTA_EXCEEDED");
                assertThat(refused.getField()).isEqualTo(ofSession.equals(one) ? "session.requests" : "requests");
                assertThat(refused.getRetryAfter().getSeconds()).isEqualTo(1);
                assertThat(dialogue.failure).isNull();
            }
        }
    }

    @Test
    void publishesBeyondTheQuota_sayWhenToTryAgain() throws IOException {
        startWithQuotas(new QuotaSettings(0, 2, 0, 0), QuotaSettings.NONE);
        create(GROUP);
        Method publish = methods().stream()
                .filter(method -> method.name().equals("PublishToGroup"))
                .findFirst()
                .orElseThrow();
        assertThat(failure(publish, "publish")).isEmpty();
        assertThat(failure(publish, "publish")).isEmpty();
        assertThatThrownBy(() -> stub("publish").publishToGroup((PublishToGroupRequest) publish.request()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(info(refused).getReason()).isEqualTo("QUOTA_EXCEEDED");
                    assertThat(info(refused).getMetadataMap())
                            .containsEntry("field", "publishes")
                            .containsEntry("retryable", "true");
                    assertThat(retryDelay(refused)).isEqualTo(Duration.ofMillis(500));
                });
        assertThat(failure(methods().get(5), "read")).isEmpty();
    }

    private static Duration retryDelay(StatusRuntimeException refused) {
        try {
            var delay = StatusProto.fromThrowable(refused)
                    .getDetails(1)
                    .unpack(com.google.rpc.RetryInfo.class)
                    .getRetryDelay();
            return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
        } catch (IOException other) {
            throw new AssertionError(other);
        }
    }

    /** Also where nobody is asked: the table of those who are has the rest. */
    @Test
    void addressOfACaller_isKnown_whereItMatters() throws Exception {
        Witness anywhere = new Witness() {
            @Override
            public void denied(Attempt attempt, Right right, String field) {}

            @Override
            public void managed(Attempt attempt, boolean known) {
                denials.managed(attempt, known);
            }

            @Override
            public boolean asksWhere() {
                return true;
            }
        };
        channel.shutdownNow();
        server.shutdownNow();
        start(Authenticator.none(), Caller.anybody(), anywhere, null);
        create(GROUP);
        assertThat(denials.seen).containsExactly("managed create by  of null on acme/default/room/null");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void method_needsATokenThatIsAccepted(Method method) {
        assertThat(failure(method, null)).isEqualTo("UNAUTHENTICATED");
        assertThat(failure(method, "forged")).isEqualTo("UNAUTHENTICATED");
    }

    @ParameterizedTest
    @MethodSource("methods")
    void method_isDeniedToAnotherTenant_withEveryRight(Method method) {
        Rule all = Rule.of(null, null, null, List.of("*"), List.of("*"));
        callers.put("other", Caller.of("other", "ann", List.of(all), null));
        assertThat(failure(method, "other")).isEqualTo("PERMISSION_DENIED");
    }

    @Test
    void requestOfASession_needsItsRight() {
        for (Map.Entry<RequestCase, Operation> needed : neededInSession().entrySet()) {
            for (Operation operation : Operation.values()) {
                String failure = failureInSession(needed.getKey(), operation.text());
                assertThat(failure.equals("PERMISSION_DENIED"))
                        .as("%s with %s: %s", needed.getKey(), operation, failure)
                        .isEqualTo(operation != needed.getValue());
            }
        }
    }

    @Test
    void session_isOpenedOnlyAsAPermittedActor() {
        Dialogue dialogue = new Dialogue("read");
        dialogue.send(SessionRequest.newBuilder()
                .setRequestId(1)
                .setOpen(SessionOpen.newBuilder().setTenantId(TENANT).setActorId("bob"))
                .build());
        Answer answer = dialogue.answer(1);
        assertThat(answer.getError().getReason()).isEqualTo("PERMISSION_DENIED");
        assertThat(answer.getError().getField()).isEqualTo("actor_id");
        assertThat(denials.seen).containsExactly("denied open open by ann of acme on acme/default/null/bob");
    }

    @Test
    void list_showsOnlyGroupsThatARuleLetsRead_andHowManyOnlyToWhoSeesAll() {
        callers.put("manage", caller("ann", rule(Operation.MANAGE)));
        for (String group : List.of("chat.a", "chat.b", "secret")) {
            create(group);
        }
        callers.put("chats", caller("ann", Rule.of(null, List.of("chat.*"), null, null, List.of("read"))));
        var some = stub("chats")
                .listGroups(ListGroupsRequest.newBuilder().setTenantId(TENANT).build());
        assertThat(some.getGroupsList())
                .extracting(group -> group.getGroupName())
                .containsExactly("chat.a", "chat.b");
        assertThat(some.getTotalCount()).isZero();
        for (String namespace : List.of("default", "")) {
            var all = stub("read")
                    .listGroups(ListGroupsRequest.newBuilder()
                            .setTenantId(TENANT)
                            .setNamespace(namespace)
                            .build());
            assertThat(all.getGroupsCount()).isEqualTo(3);
            assertThat(all.getTotalCount()).isEqualTo(3);
        }
    }

    @Test
    void recipients_areNotSaidToWhoMayNotRead() {
        create(GROUP);
        stub("join")
                .joinGroup(JoinGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(GROUP)
                        .setActorId(ACTOR)
                        .build());
        PublishToGroupRequest publish = (PublishToGroupRequest) methods().stream()
                .filter(method -> method.name().equals("PublishToGroup"))
                .findFirst()
                .orElseThrow()
                .request();
        var hidden = stub("publish").publishToGroup(publish);
        assertThat(hidden.getRecipientsCount()).isEqualTo(1);
        assertThat(hidden.getRecipientIdsList()).isEmpty();
        callers.put("both", caller("ann", rule(Operation.PUBLISH), rule(Operation.READ)));
        assertThat(stub("both").publishToGroup(publish).getRecipientIdsList()).containsExactly(ACTOR);
    }

    @Test
    void snapshot_needsTheRightToRead() {
        create(GROUP);
        SubscribeRequest subscribe = SubscribeRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId(ACTOR)
                .setSnapshot(true)
                .build();
        assertThatThrownBy(() -> stub("join").subscribe(subscribe).hasNext())
                .extracting(RightsTest::reason)
                .isEqualTo("PERMISSION_DENIED");
    }

    @Test
    void topics_limitWhatIsAskedForAndPublished() {
        create(GROUP);
        callers.put(
                "orders", caller("ann", Rule.of(null, null, List.of("orders.>"), null, List.of("join", "publish"))));
        JoinGroupRequest.Builder join = JoinGroupRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId(ACTOR);
        assertThat(denied(() -> stub("orders").joinGroup(join.build()))).isEqualTo("topics");
        assertThat(stub("orders")
                        .joinGroup(join.addTopics("orders.new").build())
                        .getJoinCount())
                .isEqualTo(1);
        PublishToGroupRequest.Builder publish = PublishToGroupRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setMessage(message());
        assertThat(denied(() ->
                        stub("orders").publishToGroup(publish.setTopic("stock").build())))
                .isEqualTo("topic");
        assertThat(stub("orders")
                        .publishToGroup(publish.setTopic("orders.new").build())
                        .getRecipientsCount())
                .isEqualTo(1);
    }

    @Test
    void endOfTheToken_endsStreamsAndSessions() {
        create(GROUP);
        Instant soon = Instant.now().plus(Duration.ofMillis(1500));
        callers.put("soon", Caller.of(TENANT, "ann", List.of(rule(Operation.READ), rule(Operation.JOIN)), soon));
        Dialogue dialogue = new Dialogue("soon");
        dialogue.open();
        assertThatThrownBy(() -> stub("soon")
                        .watch(WatchRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .build())
                        .forEachRemaining(events -> {}))
                .extracting(RightsTest::reason)
                .isEqualTo("UNAUTHENTICATED");
        assertThat(Instant.now()).isBetween(soon, soon.plusSeconds(5));
        await().until(() -> dialogue.failure != null);
        assertThat(reason(dialogue.failure)).isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void sessionIsToldBeforeItsTokenEnds_andGoesOnWithAnother() {
        create(GROUP);
        Instant soon = Instant.now().plus(Duration.ofMillis(1500));
        callers.put("soon", Caller.of(TENANT, "ann", List.of(rule(Operation.JOIN)), soon));
        Instant later = soon.plus(Duration.ofMinutes(5));
        callers.put("later", Caller.of(TENANT, "ann", List.of(rule(Operation.JOIN)), later));
        Dialogue dialogue = new Dialogue("soon");
        dialogue.open();
        dialogue.send(inSession(RequestCase.JOIN));
        assertThat(dialogue.answer(2).hasJoined()).isTrue();
        await().until(() -> dialogue.events.stream().anyMatch(Event::hasTokenExpiring));
        assertThat(Instant.now()).isBefore(soon);
        dialogue.send(refresh("later"));
        assertThat(dialogue.answer(3).getRefreshed().getExpiresAt().getSeconds())
                .isEqualTo(later.getEpochSecond());
        await().until(() -> Instant.now().isAfter(soon.plusSeconds(1)));
        dialogue.send(inSession(RequestCase.LEAVE).toBuilder().setRequestId(4).build());
        assertThat(dialogue.answer(4).hasLeft()).isTrue();
        assertThat(dialogue.failure).isNull();
    }

    @Test
    void joinsThatAnotherTokenDoesNotAllow_end_andOthersStay() {
        create(GROUP);
        create("another");
        callers.put("one", caller("ann", Rule.of(null, List.of(GROUP), null, null, List.of("join"))));
        Dialogue dialogue = new Dialogue("join");
        dialogue.open();
        dialogue.send(inSession(RequestCase.JOIN));
        assertThat(dialogue.answer(2).hasJoined()).isTrue();
        dialogue.send(SessionRequest.newBuilder()
                .setRequestId(5)
                .setJoin(SubscribeRequest.newBuilder().setGroupName("another"))
                .build());
        assertThat(dialogue.answer(5).hasJoined()).isTrue();
        dialogue.send(refresh("one"));
        assertThat(dialogue.answer(3).hasRefreshed()).isTrue();
        await().until(() -> dialogue.events.stream().anyMatch(Event::hasLeft));
        assertThat(dialogue.events.stream().filter(Event::hasLeft))
                .extracting(
                        Event::getGroupName,
                        event -> event.getLeft().getReason().name())
                .containsExactly(tuple("another", "EVICTED"));
    }

    @Test
    void sessionThatIsResumedWithAnotherToken_keepsOnlyWhatThatAllows() {
        create(GROUP);
        create("another");
        callers.put("one", caller("ann", Rule.of(null, List.of(GROUP), null, null, List.of("join"))));
        Dialogue first = new Dialogue("join");
        first.open();
        for (String group : List.of(GROUP, "another")) {
            first.send(SessionRequest.newBuilder()
                    .setRequestId(2 + group.length())
                    .setJoin(SubscribeRequest.newBuilder().setGroupName(group))
                    .build());
            assertThat(first.answer(2 + group.length()).hasJoined()).isTrue();
        }
        Dialogue second = new Dialogue("one");
        second.send(SessionRequest.newBuilder()
                .setRequestId(1)
                .setOpen(SessionOpen.newBuilder()
                        .setTenantId(TENANT)
                        .setActorId(ACTOR)
                        .setResumeToken(first.answer(1).getOpened().getResumeToken()))
                .build());
        assertThat(second.answer(1).getOpened().getResumed()).isTrue();
        await().until(() -> members("another") == 0);
        assertThat(members(GROUP)).isEqualTo(1);
    }

    private int members(String group) {
        return stub("read")
                .getMembers(GetMembersRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(group)
                        .build())
                .getTotalCount();
    }

    @Test
    void tokenOfAnotherTenantOrActor_endsTheSessionThatIsToGoOnWithIt() {
        callers.put("bob", caller("bob", rule(Operation.JOIN)));
        callers.put("other", Caller.of("other", "ann", List.of(rule(Operation.JOIN)), null));
        for (String token : List.of("bob", "other", "forged")) {
            Dialogue dialogue = new Dialogue("join");
            dialogue.open();
            dialogue.send(refresh(token));
            String expected = token.equals("forged") ? "UNAUTHENTICATED" : "PERMISSION_DENIED";
            assertThat(dialogue.answer(3).getError().getReason()).isEqualTo(expected);
            await().until(() -> dialogue.failure != null);
            assertThat(reason(dialogue.failure)).isEqualTo(expected);
        }
    }

    private static SessionRequest refresh(String token) {
        return SessionRequest.newBuilder()
                .setRequestId(3)
                .setRefresh(RefreshToken.newBuilder().setToken(token))
                .build();
    }

    @Test
    void callWhoseTokenIsStillChecked_waits_andOneThatIsCancelledMeanwhileLeavesNothing() throws Exception {
        create(GROUP);
        GetMembersRequest members = GetMembersRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .build();
        var waiting = ProcessGroupServiceGrpc.newFutureStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer("slow")));
        var cancelled = waiting.getMembers(members);
        var answered = waiting.getMembers(members);
        assertThat(answered.isDone()).isFalse();
        cancelled.cancel(true);
        slow.complete(null);
        await().until(answered::isDone);
        assertThat(answered.get().getTotalCount()).isZero();
    }

    private void create(String group) {
        stub("manage")
                .createGroup(CreateGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(group)
                        .build());
    }

    private static Metadata bearer(String token) {
        Metadata metadata = new Metadata();
        metadata.put(AUTHORIZATION, "Bearer " + token);
        return metadata;
    }

    private ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub stub(@Nullable String token) {
        var stub = ProcessGroupServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        return token == null ? stub : stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer(token)));
    }

    /** Empty: it was done. */
    @SuppressWarnings("unchecked")
    private String failure(Method method, @Nullable String token) {
        MethodDescriptor<Message, Message> descriptor = (MethodDescriptor<Message, Message>)
                ProcessGroupServiceGrpc.getServiceDescriptor().getMethods().stream()
                        .filter(each -> method.name().equals(each.getBareMethodName()))
                        .findFirst()
                        .orElseThrow();
        var stub = stub(token);
        try {
            if (descriptor.getType() == MethodDescriptor.MethodType.UNARY) {
                ClientCalls.blockingUnaryCall(stub.getChannel(), descriptor, stub.getCallOptions(), method.request());
                return "";
            }
            boolean begun = ClientCalls.blockingServerStreamingCall(
                            stub.getChannel(), descriptor, stub.getCallOptions(), method.request())
                    .hasNext();
            return begun ? "" : "ended";
        } catch (StatusRuntimeException failure) {
            return reason(failure);
        }
    }

    private static String reason(Throwable failure) {
        return info(failure).getReason();
    }

    private static String denied(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException failure) {
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            return info(failure).getMetadataOrDefault("field", "");
        }
        throw new AssertionError("was allowed");
    }

    private static ErrorInfo info(Throwable failure) {
        try {
            return StatusProto.fromThrowable(failure).getDetails(0).unpack(ErrorInfo.class);
        } catch (IOException none) {
            throw new AssertionError(failure);
        }
    }

    /** Empty: it was done. */
    private String failureInSession(RequestCase request, String token) {
        Dialogue dialogue = new Dialogue(token);
        dialogue.open();
        dialogue.send(inSession(request));
        return dialogue.answer(2).getError().getReason();
    }

    private final class Dialogue implements StreamObserver<SessionResponse> {
        private final Queue<Event> events = new ConcurrentLinkedQueue<>();
        private final StreamObserver<SessionRequest> requests;
        private volatile @Nullable Throwable failure;

        Dialogue(String token) {
            requests = ProcessGroupServiceGrpc.newStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer(token)))
                    .session(this);
        }

        void open() {
            send(SessionRequest.newBuilder()
                    .setRequestId(1)
                    .setOpen(SessionOpen.newBuilder().setTenantId(TENANT).setActorId(ACTOR))
                    .build());
            assertThat(answer(1).hasOpened()).isTrue();
        }

        void send(SessionRequest request) {
            requests.onNext(request);
        }

        Answer answer(long id) {
            await().until(() ->
                    events.stream().anyMatch(event -> event.getAnswer().getRequestId() == id));
            return events.stream()
                    .map(Event::getAnswer)
                    .filter(answer -> answer.getRequestId() == id)
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public void onNext(SessionResponse response) {
            events.addAll(response.getEventsList());
        }

        @Override
        public void onError(Throwable ended) {
            failure = ended;
        }

        @Override
        public void onCompleted() {}
    }
}

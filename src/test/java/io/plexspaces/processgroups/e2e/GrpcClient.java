package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContext;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.AskResponse;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.EvictResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupResponse;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.plexspaces.processgroups.proto.v1.WatchResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The generated stubs on one connection, for one tenant and namespace. Requests given whole get both set. */
public final class GrpcClient implements AutoCloseable {
    private static final int PAGE = 1000;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;
    private final Metadata headers;
    private final String tenant;
    private final String namespace;

    /** For calls that wait. */
    public final ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub calls;

    /** For calls that do not wait, and streams. */
    public final ProcessGroupServiceGrpc.ProcessGroupServiceStub streams;

    private GrpcClient(ManagedChannel channel, Metadata headers, String tenant, String namespace) {
        this.channel = channel;
        this.headers = headers;
        this.tenant = tenant;
        this.namespace = namespace;
        Channel calling = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
        this.calls = ProcessGroupServiceGrpc.newBlockingStub(calling);
        this.streams = ProcessGroupServiceGrpc.newStub(calling);
    }

    public static GrpcClient connect(int port, String tenant) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .usePlaintext()
                .flowControlWindow(64 * 1024)
                .build();
        return new GrpcClient(channel, new Metadata(), tenant, "");
    }

    /** The same over TLS. */
    public static GrpcClient connect(int port, String tenant, SslContext tls) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .sslContext(tls)
                .overrideAuthority("localhost")
                .build();
        return new GrpcClient(channel, new Metadata(), tenant, "");
    }

    /** The same connection for another tenant. */
    public GrpcClient forTenant(String other) {
        return new GrpcClient(channel, headers, other, namespace);
    }

    /** The same connection for another namespace. */
    public GrpcClient in(String other) {
        return new GrpcClient(channel, headers, tenant, other);
    }

    /** The same connection, with this token in each call. */
    public GrpcClient withToken(String token) {
        Metadata bearer = new Metadata();
        bearer.put(AUTHORIZATION, "Bearer " + token);
        return new GrpcClient(channel, bearer, tenant, namespace);
    }

    /** Empty: the default one. */
    public String namespace() {
        return namespace;
    }

    /** Ends the connection and all its streams at once. */
    @Override
    public void close() {
        try {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    public ProcessGroup create(String group) {
        return create(CreateGroupRequest.newBuilder().setGroupName(group));
    }

    public ProcessGroup create(CreateGroupRequest.Builder request) {
        return calls.createGroup(
                        request.setTenantId(tenant).setNamespace(namespace).build())
                .getGroup();
    }

    /** Whether there was one. */
    public boolean delete(String group) {
        return calls.deleteGroup(DeleteGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace(namespace)
                        .setGroupName(group)
                        .build())
                .getExisted();
    }

    public JoinGroupResponse join(String group, String actor, String... topics) {
        return join(JoinGroupRequest.newBuilder()
                .setGroupName(group)
                .setActorId(actor)
                .addAllTopics(List.of(topics)));
    }

    public JoinGroupResponse join(JoinGroupRequest.Builder request) {
        return calls.joinGroup(
                request.setTenantId(tenant).setNamespace(namespace).build());
    }

    public LeaveGroupResponse leave(String group, String actor) {
        return leave(LeaveGroupRequest.newBuilder().setGroupName(group).setActorId(actor));
    }

    public LeaveGroupResponse leave(LeaveGroupRequest.Builder request) {
        return calls.leaveGroup(
                request.setTenantId(tenant).setNamespace(namespace).build());
    }

    public EvictResponse evict(String group, String actor) {
        return calls.evict(EvictRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setActorId(actor)
                .build());
    }

    /** Evicts with a ban; 0 seconds lift it. */
    public EvictResponse ban(String group, String actor, long seconds) {
        return calls.evict(EvictRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setActorId(actor)
                .setBan(Duration.newBuilder().setSeconds(seconds))
                .build());
    }

    /** Evicts from every group of the tenant, with a ban; 0 seconds lift it. */
    public EvictResponse banEverywhere(String actor, long seconds) {
        return calls.evict(EvictRequest.newBuilder()
                .setTenantId(tenant)
                .setActorId(actor)
                .setEverywhere(true)
                .setBan(Duration.newBuilder().setSeconds(seconds))
                .build());
    }

    /** Ids of all members, page by page. */
    public List<String> members(String group) {
        return memberships(group).stream().map(GroupMembership::getActorId).toList();
    }

    /** All memberships, page by page. */
    public List<GroupMembership> memberships(String group) {
        List<GroupMembership> all = new ArrayList<>();
        String token = "";
        do {
            GetMembersResponse page = membersPage(group, PAGE, token);
            all.addAll(page.getMembershipsList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return all;
    }

    public GetMembersResponse membersPage(String group, int size, String token) {
        return calls.getMembers(GetMembersRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setPageSize(size)
                .setPageToken(token)
                .setDetailed(true)
                .build());
    }

    /** The tenant's groups in this client's namespace, or in all of them when it has none. */
    public ListGroupsResponse list(String pattern, int pageSize, String token) {
        return calls.listGroups(ListGroupsRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setNamePattern(pattern)
                .setPageSize(pageSize)
                .setPageToken(token)
                .build());
    }

    public PublishToGroupResponse publish(String group, String topic, String text) {
        return publish(PublishToGroupRequest.newBuilder().setGroupName(group).setTopic(topic), text);
    }

    public PublishToGroupResponse publish(PublishToGroupRequest.Builder request, String text) {
        return publish(request.setMessage(request.getMessageBuilder().setPayload(ByteString.copyFromUtf8(text))));
    }

    public PublishToGroupResponse publish(PublishToGroupRequest.Builder request) {
        return calls.publishToGroup(
                request.setTenantId(tenant).setNamespace(namespace).build());
    }

    public static Message.Builder text(String text) {
        return Message.newBuilder().setPayload(ByteString.copyFromUtf8(text));
    }

    /** Subscribes; its first event has come. */
    public EventStream<SubscribeRequest, SubscribeResponse> subscribe(String group, String actor, String... topics) {
        return subscribe(SubscribeRequest.newBuilder()
                .setGroupName(group)
                .setActorId(actor)
                .addAllTopics(List.of(topics)));
    }

    /** Subscribes; its first event, or its end, has come. */
    public EventStream<SubscribeRequest, SubscribeResponse> subscribe(SubscribeRequest.Builder request) {
        EventStream<SubscribeRequest, SubscribeResponse> stream = new EventStream<>(SubscribeResponse::getEventsList);
        streams.subscribe(request.setTenantId(tenant).setNamespace(namespace).build(), stream);
        stream.awaitEvents(1);
        return stream;
    }

    /** Watches a group; its first event, or its end, has come. */
    public EventStream<WatchRequest, WatchResponse> watch(String group) {
        return watch(WatchRequest.newBuilder().setGroupName(group));
    }

    /** Watches this client's namespace; an empty one sends nothing at first. */
    public EventStream<WatchRequest, WatchResponse> watchNamespace() {
        return beginWatch(WatchRequest.newBuilder().setWholeNamespace(true));
    }

    public EventStream<WatchRequest, WatchResponse> watch(WatchRequest.Builder request) {
        EventStream<WatchRequest, WatchResponse> stream = beginWatch(request);
        stream.awaitEvents(1);
        return stream;
    }

    /** Watches; nothing may have come yet. */
    public EventStream<WatchRequest, WatchResponse> beginWatch(WatchRequest.Builder request) {
        EventStream<WatchRequest, WatchResponse> stream = new EventStream<>(WatchResponse::getEventsList);
        streams.watch(request.setTenantId(tenant).setNamespace(namespace).build(), stream);
        return stream;
    }

    /** Asks; nothing may have come yet. */
    public EventStream<AskRequest, AskResponse> ask(AskRequest.Builder request) {
        EventStream<AskRequest, AskResponse> stream = new EventStream<>(AskResponse::getEventsList);
        request.getPublishBuilder().setTenantId(tenant).setNamespace(namespace);
        streams.ask(request.build(), stream);
        return stream;
    }

    /** A session of an actor; it is open. */
    public GrpcSession session(String actor) {
        return session(SessionOpen.newBuilder().setActorId(actor));
    }

    /** A session; the answer to its opening, or its end, has come. */
    public GrpcSession session(SessionOpen.Builder open) {
        GrpcSession session = unopenedSession();
        session.send(
                SessionRequest.newBuilder().setOpen(open.setTenantId(tenant).setNamespace(namespace)));
        session.stream().awaitEvents(1);
        return session;
    }

    /** A session stream on which nothing is said yet. */
    public GrpcSession unopenedSession() {
        EventStream<SessionRequest, SessionResponse> stream = new EventStream<>(SessionResponse::getEventsList);
        return new GrpcSession(stream, streams.session(stream));
    }

    /** The call fails with this reason in its {@code google.rpc.ErrorInfo}, and this status. */
    public static void assertFails(String reason, Status.Code code, ThrowingCallable call) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure).as("failure").isNotNull();
        assertThat(reasonOf(failure)).isEqualTo(reason);
        assertThat(failure.getStatus().getCode()).isEqualTo(code);
    }

    /** The reason in the {@code google.rpc.ErrorInfo} of a failure. */
    public static String reasonOf(Throwable failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        assertThat(status).as("details of %s", failure).isNotNull();
        assertThat(status.getDetailsCount()).as("details of %s", failure).isPositive();
        try {
            return status.getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException other) {
            throw new AssertionError(other);
        }
    }
}

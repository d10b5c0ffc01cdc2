package io.plexspaces.processgroups.api.grpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.api.Answers;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.grpc.transport.PeerCall;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.session.ConnectionWatches;
import io.plexspaces.processgroups.core.session.Session;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupResponse;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupResponse;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.EvictResponse;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.UpdateRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The service on gRPC. Calls start on the event loop of their connection and nothing in them blocks it; streams send
 * only while their client takes it, and what waits meanwhile is bounded by the connection's mailbox.
 *
 * <p>One file, as it is the table of all methods.
 */
@GrpcService
public final class GrpcEndpoint implements BindableService {
    /** The longest id with what it costs in an answer, and the rest of the answer. */
    private static final int ID_BYTES = 260;

    private static final int PAGE_BYTES = 1024;

    private final Groups groups;
    private final Sessions sessions;
    private final SessionProtocol.Service service;
    private final UnaryCalls calls;

    GrpcEndpoint(SessionProtocol.Service service, UnaryCalls calls) {
        this.calls = calls;
        this.groups = service.groups();
        this.sessions = service.sessions();
        this.service = service;
    }

    @Override
    public ServerServiceDefinition bindService() {
        ServerServiceDefinition methods = methods();
        if (service.traces().isOn()) {
            methods = ServerInterceptors.intercept(methods, new TracedCalls(service.traces())::begin);
        }
        return service.authenticator().asks() || service.requests().askWhere()
                ? ServerInterceptors.intercept(methods, new AuthenticatedCalls(service.authenticator())::begin)
                : methods;
    }

    private ServerServiceDefinition methods() {
        return new Methods(ProcessGroupServiceGrpc.getServiceDescriptor(), service.refusals(), calls)
                        .unary(
                                UseCase.CREATE,
                                ProcessGroupServiceGrpc.getCreateGroupMethod(),
                                CreateGroupRequest.getDefaultInstance(),
                                this::create)
                        .unary(
                                UseCase.DELETE,
                                ProcessGroupServiceGrpc.getDeleteGroupMethod(),
                                DeleteGroupRequest.getDefaultInstance(),
                                this::delete)
                        .unary(
                                UseCase.JOIN,
                                ProcessGroupServiceGrpc.getJoinGroupMethod(),
                                JoinGroupRequest.getDefaultInstance(),
                                request -> groups.join(requests().join(request)).map(Answers::joined))
                        .unary(
                                UseCase.LEAVE,
                                ProcessGroupServiceGrpc.getLeaveGroupMethod(),
                                LeaveGroupRequest.getDefaultInstance(),
                                request ->
                                        groups.leave(requests().leave(request)).map(Answers::left))
                        .unary(
                                UseCase.UPDATE,
                                ProcessGroupServiceGrpc.getUpdateMethod(),
                                UpdateRequest.getDefaultInstance(),
                                request -> groups.update(requests().update(request))
                                        .map(Answers::updated))
                        .unary(
                                UseCase.EVICT,
                                ProcessGroupServiceGrpc.getEvictMethod(),
                                EvictRequest.getDefaultInstance(),
                                this::evict)
                        .unary(
                                UseCase.GET_MEMBERS,
                                ProcessGroupServiceGrpc.getGetMembersMethod(),
                                GetMembersRequest.getDefaultInstance(),
                                this::members,
                                GrpcEndpoint::mostMembers)
                        .unary(
                                UseCase.GET_MEMBERS,
                                ProcessGroupServiceGrpc.getGetLocalMembersMethod(),
                                GetLocalMembersRequest.getDefaultInstance(),
                                this::localMembers)
                        .unary(
                                UseCase.LIST,
                                ProcessGroupServiceGrpc.getListGroupsMethod(),
                                ListGroupsRequest.getDefaultInstance(),
                                this::list)
                        .unary(
                                UseCase.PUBLISH,
                                ProcessGroupServiceGrpc.getPublishToGroupMethod(),
                                PublishToGroupRequest.getDefaultInstance(),
                                request -> groups.publish(requests().publish(request))
                                        .map(Answers::published))
                        .unary(
                                UseCase.FETCH,
                                ProcessGroupServiceGrpc.getFetchMessagesMethod(),
                                FetchMessagesRequest.getDefaultInstance(),
                                this::fetch)
                        .unary(
                                UseCase.RENEW,
                                ProcessGroupServiceGrpc.getRenewLeaseMethod(),
                                RenewLeaseRequest.getDefaultInstance(),
                                request ->
                                        groups.renew(requests().renew(request)).map(Answers::renewed))
                        .unary(
                                UseCase.REPLY,
                                ProcessGroupServiceGrpc.getReplyMethod(),
                                ReplyRequest.getDefaultInstance(),
                                request ->
                                        groups.reply(requests().reply(request)).map(Answers::replied))
                        .stream(
                                UseCase.ASK,
                                ProcessGroupServiceGrpc.getAskMethod(),
                                AskRequest.getDefaultInstance(),
                                this::ask)
                        .stream(
                                UseCase.JOIN,
                                ProcessGroupServiceGrpc.getSubscribeMethod(),
                                SubscribeRequest.getDefaultInstance(),
                                this::subscribe)
                        .stream(
                                UseCase.WATCH,
                                ProcessGroupServiceGrpc.getWatchMethod(),
                                WatchRequest.getDefaultInstance(),
                                this::watch)
                        .session(
                                ProcessGroupServiceGrpc.getSessionMethod(),
                                SessionRequest.getDefaultInstance(),
                                this::session)
                        .build();
    }

    /** Those of the call that this thread works for. */
    private Requests requests() {
        return AuthenticatedCalls.requests(service.requests());
    }

    private Uni<CreateGroupResponse> create(CreateGroupRequest request) {
        Requests by = requests();
        Requests.Create wish = by.create(request);
        return Managing.told(
                        groups.create(wish.group(), wish.spec()),
                        created -> true,
                        Managing::isUnanswered,
                        known -> by.managed(UseCase.CREATE, wish.group(), known))
                .map(Answers::created);
    }

    private Uni<DeleteGroupResponse> delete(DeleteGroupRequest request) {
        Requests by = requests();
        GroupId group = by.delete(request);
        return Managing.told(
                        groups.delete(group),
                        existed -> existed,
                        Managing::isUnanswered,
                        known -> by.managed(UseCase.DELETE, group, known))
                .map(Answers::deleted);
    }

    private Uni<EvictResponse> evict(EvictRequest request) {
        Requests by = requests();
        Requests.Evict wish = by.evict(request);
        GroupId group = wish.group();
        Uni<Groups.EvictResult> evicting = group == null
                ? groups.evictEverywhere(wish.tenant(), wish.actor(), wish.ban())
                : groups.evict(group, wish.actor(), wish.ban());
        Predicate<Throwable> isPerhapsDone = group == null ? Managing::isPerhapsDoneInPart : Managing::isUnanswered;
        return Managing.told(evicting, evicted -> true, isPerhapsDone, known -> by.managed(wish, known))
                .map(Answers::evicted);
    }

    private Uni<GetMembersResponse> members(GetMembersRequest request) {
        Groups.MembersQuery query = requests().members(request);
        return groups.members(query).map(page -> Answers.members(query, page, request.getDetailed()));
    }

    /** A page of ids that was asked to be small does not count as if it could be as large as any answer. */
    private static long mostMembers(GetMembersRequest request) {
        return request.getPageSize() <= 0 || request.getDetailed()
                ? Long.MAX_VALUE
                : PAGE_BYTES + (long) request.getPageSize() * ID_BYTES;
    }

    private Uni<GetLocalMembersResponse> localMembers(GetLocalMembersRequest request) {
        Groups.MembersQuery query = requests().localMembers(request);
        return groups.members(query).map(page -> Answers.localMembers(query, page));
    }

    private Uni<ListGroupsResponse> list(ListGroupsRequest request) {
        Requests by = requests();
        GroupQuery query = by.list(request);
        return groups.list(query).map(page -> Answers.groups(by, query, page));
    }

    private Uni<FetchMessagesResponse> fetch(FetchMessagesRequest request) {
        Groups.FetchRequest wish = requests().fetch(request);
        return groups.fetch(wish).map(slice -> Answers.fetched(wish, slice));
    }

    private void subscribe(SubscribeRequest request, ServerCallStreamObserver<byte[]> events) {
        Requests by = requests();
        Requests.Subscribe wish = by.subscribe(request);
        Connection connection = connect(events);
        Traces.Caller caller = service.traces().current();
        follow(UseCase.JOIN, connection, request.getSerializedSize(), () -> sessions.open(
                        connection, wish.group().namespace(), wish.actor(), wish.resumeToken())
                .invoke(opened -> keepPermitted(opened, by))
                .chain(opened -> caller == null
                        ? join(connection, opened.session(), wish)
                        : caller.asking(() -> join(connection, opened.session(), wish))));
    }

    /** What it had joined with another token ends, if this one does not allow it. */
    private void keepPermitted(Sessions.Opened opened, Requests by) {
        if (opened.resumed() && service.authenticator().asks()) {
            Session session = opened.session();
            session.keepOnly((group, topics) -> by.joins(group, session.actor(), topics), by::reads);
        }
    }

    private Connection connect(ServerCallStreamObserver<byte[]> events) {
        Connection connection = GrpcSink.connect(events, sessions);
        service.expiry().begin(connection, AuthenticatedCalls.caller());
        return connection;
    }

    private static Uni<Groups.JoinResult> join(Connection by, Session session, Requests.Subscribe wish) {
        return session.join(by, wish.wish(true));
    }

    private void watch(WatchRequest request, ServerCallStreamObserver<byte[]> events) {
        Requests.Watch wish = requests().watch(request);
        Connection connection = connect(events);
        follow(UseCase.WATCH, connection, request.getSerializedSize(), () -> {
            ConnectionWatches watcher = sessions.watcher(connection, true);
            Uni<Void> watching = service.traces()
                    .traced(
                            UseCase.WATCH,
                            wish.namespace(),
                            wish.group(),
                            () -> wish.group() == null ? watcher.watch(wish.namespace()) : watcher.watch(wish.group()));
            return watching.onFailure().invoke(failure -> service.refusals().refused(UseCase.WATCH, failure));
        });
    }

    private void ask(AskRequest request, ServerCallStreamObserver<byte[]> events) {
        Requests.Ask wish = requests().ask(request);
        GroupId group = wish.publish().group();
        Connection connection = connect(events);
        Traces.Caller caller = service.traces().current();
        follow(UseCase.ASK, connection, request.getSerializedSize(), () -> {
            Uni<Groups.PublishResult> asking =
                    sessions.counted(connection, group.tenant(), () -> groups.ask(wish.on(connection, 0, true)));
            return (caller == null ? asking : caller.asking(() -> asking))
                    .invoke(result -> connection.send(Frame.of(Answers.asked(group, result))));
        });
    }

    private StreamObserver<Parsed<SessionRequest>> session(ServerCallStreamObserver<byte[]> events) {
        try {
            return GrpcSession.start(service, events);
        } catch (RuntimeException | Error failure) {
            events.onError(GrpcErrors.toStatus(failure));
            return new Ignored();
        }
    }

    /**
     * Begins what the stream is for: at once, or when the client has taken enough of what was sent to all its streams.
     * One that takes nothing must not make the server join and read for a thousand streams. The stream goes on when
     * {@code beginning} succeeds, and ends with its failure otherwise.
     */
    private void follow(UseCase name, Connection connection, int requestBytes, Supplier<Uni<?>> beginning) {
        PeerCall peer = PeerCall.current();
        if (peer == null) {
            begin(connection, beginning);
            return;
        }
        peer.beginStream(requestBytes, Context.current().wrap(() -> begin(connection, beginning)), () -> {
            GroupException refused = GroupException.of(
                    ErrorCode.OVERLOADED, "too many streams of this connection wait until others are read");
            service.refusals().refused(name, refused);
            connection.finish(refused);
        });
    }

    private static void begin(Connection connection, Supplier<Uni<?>> beginning) {
        try {
            beginning.get().subscribe().with(begun -> {}, failure -> connection.finish(Errors.expected(failure)));
        } catch (RuntimeException | Error failure) {
            connection.finish(Errors.expected(failure));
        }
    }

    /** What still arrives on a call that was refused. */
    private static final class Ignored implements StreamObserver<Parsed<SessionRequest>> {
        @Override
        public void onNext(Parsed<SessionRequest> request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}

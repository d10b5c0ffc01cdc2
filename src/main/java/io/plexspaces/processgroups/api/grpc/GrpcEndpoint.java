package io.plexspaces.processgroups.api.grpc;

import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.api.Operations;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.Streams;
import io.plexspaces.processgroups.api.UnaryCalls;
import io.plexspaces.processgroups.api.grpc.transport.PeerCall;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.quarkus.grpc.GrpcService;

/**
 * The service on gRPC. Calls start on the event loop of their connection and nothing in them blocks it; streams send
 * only while their client takes it, and what waits meanwhile is bounded by the connection's mailbox.
 */
@GrpcService
public final class GrpcEndpoint implements BindableService {
    private final SessionProtocol.Service service;
    private final UnaryCalls calls;
    private final Streams streams;
    private final IdleTraffic idle;

    GrpcEndpoint(SessionProtocol.Service service, UnaryCalls calls, IdleTraffic idle) {
        this.calls = calls;
        this.idle = idle;
        this.service = service;
        this.streams = new Streams(service);
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
        Methods methods =
                new Methods(ProcessGroupServiceGrpc.getServiceDescriptor(), service.refusals(), calls, this::requests);
        new Operations(service.groups()).all().forEach(methods::unary);
        return methods.stream(
                        UseCase.ASK, ProcessGroupServiceGrpc.getAskMethod(), AskRequest.getDefaultInstance(), this::ask)
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
                .session(ProcessGroupServiceGrpc.getSessionMethod(), SessionRequest.getDefaultInstance(), this::session)
                .build();
    }

    /** Those of the call that this thread works for. */
    private Requests requests() {
        return AuthenticatedCalls.requests(service.requests());
    }

    private void ask(AskRequest request, ServerCallStreamObserver<byte[]> events) {
        follow(streams.ask(requests(), request), request, events);
    }

    private void subscribe(SubscribeRequest request, ServerCallStreamObserver<byte[]> events) {
        follow(streams.subscribe(requests(), request), request, events);
    }

    private void watch(WatchRequest request, ServerCallStreamObserver<byte[]> events) {
        follow(streams.watch(requests(), request), request, events);
    }

    private StreamObserver<Parsed<SessionRequest>> session(ServerCallStreamObserver<byte[]> events) {
        try {
            return GrpcSession.start(service, events, idle);
        } catch (RuntimeException | Error failure) {
            events.onError(GrpcErrors.toStatus(failure));
            return new Ignored();
        }
    }

    private Connection connect(ServerCallStreamObserver<byte[]> events) {
        Connection connection = GrpcSink.connect(events, service.sessions(), idle);
        service.expiry().begin(connection, AuthenticatedCalls.caller());
        return connection;
    }

    /**
     * Begins what the stream is for: at once, or when the client has taken enough of what was sent to all its streams.
     * One that takes nothing must not make the server join and read for a thousand streams.
     */
    private void follow(Streams.Opening opening, Message request, ServerCallStreamObserver<byte[]> events) {
        Connection connection = connect(events);
        PeerCall peer = PeerCall.current();
        if (peer == null) {
            opening.begin(connection);
            return;
        }
        Runnable begin = Context.current().wrap(() -> opening.begin(connection));
        peer.beginStream(request.getSerializedSize(), begin, () -> {
            GroupException refused = GroupException.of(
                    ErrorCode.OVERLOADED, "too many streams of this connection wait until others are read");
            service.refusals().refused(opening.name(), refused);
            connection.finish(refused);
        });
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

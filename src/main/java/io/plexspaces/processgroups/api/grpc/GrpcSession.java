package io.plexspaces.processgroups.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.proto.v1.SessionRequest;

/** The receiving half of a session: asks for another request whenever one may be executed. */
final class GrpcSession implements StreamObserver<Parsed<SessionRequest>> {
    private final Connection connection;
    private final SessionProtocol protocol;

    private GrpcSession(Connection connection, SessionProtocol protocol) {
        this.connection = connection;
        this.protocol = protocol;
    }

    /** @throws io.plexspaces.processgroups.domain.GroupException LIMIT_EXCEEDED, SHUTTING_DOWN */
    static GrpcSession start(SessionProtocol.Service service, ServerCallStreamObserver<byte[]> call) {
        Connection connection = GrpcSink.connect(call, service.sessions());
        call.disableAutoRequest();
        SessionProtocol protocol = new SessionProtocol(service, connection, GrpcFormat.INSTANCE, () -> call.request(1));
        protocol.from(service.traces().current());
        call.request(1);
        return new GrpcSession(connection, protocol);
    }

    @Override
    public void onNext(Parsed<SessionRequest> request) {
        if (request.failure() != null) {
            protocol.malformed(request.failure());
        } else {
            protocol.handle(request.get(), request.bytes());
        }
    }

    @Override
    public void onError(Throwable cancelled) {
        connection.lost();
    }

    /** The client has no further requests; those in flight are answered still. */
    @Override
    public void onCompleted() {
        protocol.finish();
    }
}

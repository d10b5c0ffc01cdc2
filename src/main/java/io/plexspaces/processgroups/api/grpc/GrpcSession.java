package io.plexspaces.processgroups.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The receiving half of a session: asks for another request whenever one may be executed, and for some ahead, so that
 * those that arrive together are executed together and their deliveries travel together.
 */
final class GrpcSession implements StreamObserver<Parsed<SessionRequest>> {
    private static final int READ_AHEAD = 256;

    /** Requests are asked for in lots of this part of those read ahead: each asking goes through the transport. */
    private static final int LOT_PART = 4;

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
        int ahead = Math.min(READ_AHEAD, service.settings().maxInFlight());
        int lot = Math.max(1, ahead / LOT_PART);
        AtomicInteger due = new AtomicInteger();
        SessionProtocol protocol = new SessionProtocol(service, connection, GrpcFormat.INSTANCE, () -> {
            if (due.incrementAndGet() % lot == 0) {
                call.request(lot);
            }
        });
        protocol.from(service.traces().current());
        call.request(ahead);
        return new GrpcSession(connection, protocol);
    }

    @Override
    public void onNext(Parsed<SessionRequest> request) {
        if (request.failure() != null) {
            protocol.malformed(request.failure());
        } else {
            protocol.handle(request.get());
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

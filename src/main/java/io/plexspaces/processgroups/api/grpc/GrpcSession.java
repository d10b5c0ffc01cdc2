package io.plexspaces.processgroups.api.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.proto.v1.SessionRequest;

/**
 * The receiving half of a session: asks for another request whenever one may be executed, and for some ahead, so that
 * those that arrive together are executed together and their deliveries travel together. For fewer ahead when they, or
 * their answers, are large: those that were asked for come, however many bytes they are.
 */
final class GrpcSession implements StreamObserver<Parsed<SessionRequest>> {
    private static final int AHEAD = 256;

    /** So many are asked for at once: what is asked for in one go is executed in one turn of the event loop. */
    private static final int LOT = 64;

    /** How large the first request may be: this part of what may be asked for ahead. */
    private static final int FIRST_PART = 16;

    private final ServerCallStreamObserver<byte[]> call;
    private final Connection connection;
    private final long aheadBytes;
    private final int most;
    private final SessionProtocol protocol;

    // Guarded by this.

    /** Requests that may be asked for, and those that were and have not come. */
    private int allowed;

    private int asked;

    /** About how large a request is: as the largest of late. */
    private long size;

    private GrpcSession(SessionProtocol.Service service, ServerCallStreamObserver<byte[]> call, Connection connection) {
        this.call = call;
        this.connection = connection;
        this.aheadBytes = service.settings().maxInFlightBytes();
        this.size = aheadBytes / FIRST_PART;
        this.most = service.settings().maxInFlight();
        this.allowed = Math.min(AHEAD, most);
        this.protocol = new SessionProtocol(service, connection, GrpcFormat.INSTANCE, this::readMore);
        protocol.from(service.traces().current());
        Caller caller = AuthenticatedCalls.caller();
        if (caller != null) {
            protocol.by(caller);
        }
    }

    /** @throws io.plexspaces.processgroups.domain.GroupException LIMIT_EXCEEDED, SHUTTING_DOWN */
    static GrpcSession start(SessionProtocol.Service service, ServerCallStreamObserver<byte[]> call, IdleTraffic idle) {
        GrpcSession session = new GrpcSession(service, call, GrpcSink.connect(call, service.sessions(), idle));
        call.disableAutoRequest();
        session.ask();
        return session;
    }

    @Override
    public void onNext(Parsed<SessionRequest> request) {
        came(request.bytes());
        if (request.failure() != null) {
            protocol.malformed(request.failure());
        } else {
            protocol.handle(request.get(), request.bytes());
        }
        ask();
    }

    private synchronized void came(int bytes) {
        asked--;
        size = Math.max(bytes, size - size / 8);
    }

    /** The protocol may call once more than there were requests. */
    private synchronized void allow() {
        allowed = Math.min(allowed + 1, most - asked);
    }

    /** On any thread. */
    private void readMore() {
        allow();
        ask();
    }

    private void ask() {
        int more = more();
        if (more > 0) {
            call.request(more);
        }
    }

    private synchronized int more() {
        long ahead = Math.min(protocol.mostAhead(), Math.max(1, Math.min(AHEAD, aheadBytes / Math.max(1, size))));
        int more = (int) Math.min(allowed, ahead - asked);
        if (more < Math.min(LOT, ahead) && asked > 0) {
            return 0;
        }
        more = Math.max(0, more);
        allowed -= more;
        asked += more;
        return more;
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

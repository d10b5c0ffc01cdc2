package io.plexspaces.processgroups.e2e;

import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.SessionOpened;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One session stream; numbers its requests. */
final class GrpcSession implements AutoCloseable {
    private final AtomicLong requests = new AtomicLong();
    private final EventStream<SessionRequest, SessionResponse> stream;
    private final StreamObserver<SessionRequest> out;

    GrpcSession(EventStream<SessionRequest, SessionResponse> stream, StreamObserver<SessionRequest> out) {
        this.stream = stream;
        this.out = out;
    }

    /** Sends a request, waits for its answer. */
    Answer ask(SessionRequest.Builder request) {
        long id = send(request);
        return stream.awaitEvent(event -> event.hasAnswer() && event.getAnswer().getRequestId() == id)
                .getAnswer();
    }

    /** Sends a request, waits for nothing. Returns its number. */
    long send(SessionRequest.Builder request) {
        long id = requests.incrementAndGet();
        sendRaw(request.setRequestId(id).build());
        return id;
    }

    void sendRaw(SessionRequest request) {
        out.onNext(request);
    }

    /** The client has no more to say. */
    void complete() {
        out.onCompleted();
    }

    /** The answer to the request that opened it, which is its first event. */
    SessionOpened opened() {
        return stream.awaitEvents(1).get(0).getAnswer().getOpened();
    }

    EventStream<SessionRequest, SessionResponse> stream() {
        return stream;
    }

    List<Event> events() {
        return stream.events();
    }

    @Override
    public void close() {
        stream.cancel();
    }
}

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
public final class GrpcSession implements AutoCloseable {
    private final AtomicLong requests = new AtomicLong();
    private final EventStream<SessionRequest, SessionResponse> stream;
    private final StreamObserver<SessionRequest> out;

    GrpcSession(EventStream<SessionRequest, SessionResponse> stream, StreamObserver<SessionRequest> out) {
        this.stream = stream;
        this.out = out;
    }

    /** Sends a request, waits for its answer. */
    public Answer ask(SessionRequest.Builder request) {
        long id = send(request);
        return stream.awaitEvent(event -> event.hasAnswer() && event.getAnswer().getRequestId() == id)
                .getAnswer();
    }

    /** Sends a request, waits for nothing. Returns its number. */
    public long send(SessionRequest.Builder request) {
        long id = requests.incrementAndGet();
        sendRaw(request.setRequestId(id).build());
        return id;
    }

    public void sendRaw(SessionRequest request) {
        out.onNext(request);
    }

    /** The client has no more to say. */
    public void complete() {
        out.onCompleted();
    }

    /** The answer to the request that opened it, which is its first event. */
    public SessionOpened opened() {
        return stream.awaitEvents(1).get(0).getAnswer().getOpened();
    }

    public EventStream<SessionRequest, SessionResponse> stream() {
        return stream;
    }

    public List<Event> events() {
        return stream.events();
    }

    @Override
    public void close() {
        stream.cancel();
    }
}

package io.plexspaces.processgroups.e2e;

import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.plexspaces.processgroups.proto.v1.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** The events of one gRPC stream, in the order they came. A paused one reads nothing from its connection. */
public final class EventStream<Q, A> implements ClientResponseObserver<Q, A>, AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration POLL = Duration.ofMillis(10);

    private final Function<A, List<Event>> eventsOf;
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final List<Event> events = new ArrayList<>();
    private final CompletableFuture<ClientCallStreamObserver<Q>> call = new CompletableFuture<>();
    private volatile @Nullable Throwable failure;
    private boolean paused;
    private boolean owed;

    EventStream(Function<A, List<Event>> eventsOf) {
        this.eventsOf = eventsOf;
    }

    /** Waits as long as a busy machine may need, and looks often. */
    public static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(POLL);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
        stream.disableAutoRequestWithInitial(1);
        call.complete(stream);
    }

    @Override
    public void onNext(A response) {
        boolean more;
        synchronized (events) {
            events.addAll(eventsOf.apply(response));
            owed = paused;
            more = !paused;
        }
        if (more) {
            call.join().request(1);
        }
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    /** Reads at most one more response, until {@link #resume()}. */
    public void pause() {
        synchronized (events) {
            paused = true;
        }
    }

    public void resume() {
        boolean more;
        synchronized (events) {
            paused = false;
            more = owed;
            owed = false;
        }
        if (more) {
            call.join().request(1);
        }
    }

    /** The client goes away. */
    public void cancel() {
        call.join().cancel("the test has seen enough", null);
    }

    @Override
    public void close() {
        cancel();
    }

    /** All events until now. */
    public List<Event> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /** Events until now from the numbered one on. */
    public List<Event> eventsFrom(int first) {
        synchronized (events) {
            return List.copyOf(events.subList(Math.min(first, events.size()), events.size()));
        }
    }

    public int count() {
        synchronized (events) {
            return events.size();
        }
    }

    /** Payloads of the messages until now, as text. */
    public List<String> texts() {
        return events().stream()
                .filter(Event::hasMessage)
                .map(event -> event.getMessage().getPayload().toStringUtf8())
                .toList();
    }

    /** All events, once there are as many. */
    public List<Event> awaitEvents(int least) {
        patiently().until(() -> count() >= least || end.isDone());
        return events();
    }

    /** The payloads, once there are as many. */
    public List<String> awaitTexts(int least) {
        patiently().until(() -> texts().size() >= least || end.isDone());
        return texts();
    }

    /** The first event of a kind, now or later. */
    public Event awaitEvent(Predicate<Event> wanted) {
        return patiently()
                .until(() -> events().stream().filter(wanted).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** How the server ended the stream; waits for it. */
    public Status awaitEnd() {
        patiently().until(end::isDone);
        return end.join();
    }

    /** What the server ended the stream with; null: it is live, or ended well. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** How the stream ended; null: it is live. */
    public @Nullable Status end() {
        return end.getNow(null);
    }
}

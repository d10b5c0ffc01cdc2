package io.plexspaces.processgroups.api.http.call;

import com.google.protobuf.Message;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.core.Refusals;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Requests of one call that are executed in their order, some at a time: each is begun before the next one, and has its
 * own outcome. Begins on the event loop of the call; none is begun any more when its client is gone.
 */
final class Series<R, Q extends Message, A extends Message> {
    private static final int AT_ONCE = 64;

    private final Call call;
    private final Operation<Q, A> operation;
    private final Refusals refusals;
    private final List<R> requests;
    private final Function<R, Q> reading;
    private final Consumer<List<Outcome<A>>> onEnd;
    private final AtomicReferenceArray<Outcome<A>> outcomes;
    private final AtomicInteger underWay = new AtomicInteger();
    private int next;

    /** @param onEnd run on the event loop; with an empty list when the client is gone */
    Series(
            Call call,
            Operation<Q, A> operation,
            Refusals refusals,
            List<R> requests,
            Function<R, Q> reading,
            Consumer<List<Outcome<A>>> onEnd) {
        this.call = call;
        this.operation = operation;
        this.refusals = refusals;
        this.requests = requests;
        this.reading = reading;
        this.onEnd = onEnd;
        this.outcomes = new AtomicReferenceArray<>(requests.size());
    }

    void goOn() {
        if (call.isAnswered()) {
            onEnd.accept(List.of());
            return;
        }
        int end = Math.min(requests.size(), next + AT_ONCE);
        if (next == end) {
            onEnd.accept(IntStream.range(0, end)
                    .mapToObj(i -> Objects.requireNonNull(outcomes.get(i)))
                    .toList());
            return;
        }
        underWay.set(end - next);
        while (next < end) {
            begin(next++);
        }
    }

    private void begin(int index) {
        try {
            operation
                    .execute(call.requests(), reading.apply(requests.get(index)))
                    .subscribe()
                    .with(answer -> ended(index, new Outcome<>(answer, null)), failure -> failed(index, failure));
        } catch (RuntimeException | Error failure) {
            refusals.refused(operation.name(), failure);
            failed(index, failure);
        }
    }

    private void failed(int index, Throwable failure) {
        ended(index, new Outcome<>(null, Errors.expected(failure)));
    }

    private void ended(int index, Outcome<A> outcome) {
        outcomes.set(index, outcome);
        if (underWay.decrementAndGet() == 0) {
            call.later(this::goOn);
        }
    }
}

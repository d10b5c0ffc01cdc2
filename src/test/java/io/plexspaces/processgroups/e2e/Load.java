package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many unary calls with a bounded number of them under way; each starts when an earlier one has ended. */
final class Load<R> {
    private static final long PATIENCE_SECONDS = 120;

    private final int count;
    private final Call<R> call;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;
    private final List<Outcome<R>> outcomes = new ArrayList<>();
    private final CompletableFuture<List<Outcome<R>>> done = new CompletableFuture<>();

    /** Starts the call of a number with an observer made from the reply. */
    interface Call<R> {
        void start(int number, Reply<R> reply);
    }

    /**
     * How a call ended. Times are of {@link System#nanoTime()}.
     *
     * @param answer null: it failed
     * @param failure null: it succeeded
     */
    record Outcome<R>(
            int number, @Nullable R answer, @Nullable Throwable failure, long started, long ended) {
        boolean succeeded() {
            return failure == null;
        }
    }

    private Load(int count, Call<R> call) {
        this.count = count;
        this.left = new AtomicInteger(count);
        this.call = call;
    }

    static <R> Load<R> start(int count, int underWay, Call<R> call) {
        Load<R> load = new Load<>(count, call);
        for (int i = 0; i < Math.min(count, underWay); i++) {
            load.startNext();
        }
        return load;
    }

    /** All outcomes in the order of their calls' numbers. */
    List<Outcome<R>> await() {
        List<Outcome<R>> all =
                done.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        return all.stream().sorted(Comparator.comparingInt(Outcome::number)).toList();
    }

    /** All answers in the order of their calls' numbers; a failure fails the test. */
    List<R> awaitAnswers() {
        List<Outcome<R>> all = await();
        assertThat(all).allMatch(Outcome::succeeded);
        return all.stream().map(Outcome::answer).toList();
    }

    boolean isDone() {
        return done.isDone();
    }

    private void startNext() {
        int number = next.getAndIncrement();
        if (number < count) {
            call.start(number, new Reply<>(this, number, System.nanoTime()));
        }
    }

    private void ended(Outcome<R> outcome) {
        synchronized (outcomes) {
            outcomes.add(outcome);
        }
        if (left.decrementAndGet() == 0) {
            done.complete(outcomes);
        } else {
            startNext();
        }
    }

    /** Takes the one answer of a call. */
    record Reply<R>(Load<R> load, int number, long started) {
        <A> StreamObserver<A> as(Function<A, R> result) {
            return new StreamObserver<>() {
                private @Nullable R answer;

                @Override
                public void onNext(A value) {
                    answer = result.apply(value);
                }

                @Override
                public void onError(Throwable failure) {
                    load.ended(new Outcome<>(number, null, failure, started, System.nanoTime()));
                }

                @Override
                public void onCompleted() {
                    load.ended(new Outcome<>(number, answer, null, started, System.nanoTime()));
                }
            };
        }
    }
}

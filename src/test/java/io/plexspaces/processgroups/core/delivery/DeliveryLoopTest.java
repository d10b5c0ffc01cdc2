package io.plexspaces.processgroups.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Whatever throws in a turn, the next one comes. */
class DeliveryLoopTest {
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    private final DeliveryObserver failing = new DeliveryObserver() {
        @Override
        public void delivered(long events) {
            throw new IllegalStateException("no metrics");
        }

        @Override
        public void dropped(OverflowPolicy policy, long messages) {}

        @Override
        public void gap() {}

        @Override
        public void queued(long bytes) {}

        @Override
        public void cut(ErrorCode cause) {}
    };

    private void turn() {
        Runnable turn = executor.poll();
        assertThat(turn).isNotNull();
        turn.run();
    }

    @Test
    void observerThatThrows_doesNotStopTheLoop() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, failing);
        loop.post(() -> loop.delivered(1));
        turn();

        loop.post(() -> done.add("next"));
        turn();
        assertThat(done).containsExactly("next");
    }

    @Test
    void stepThatThrows_doesNotStopTheLoop() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, DeliveryObserver.NONE);
        loop.post(() -> {
            throw new StackOverflowError();
        });
        loop.post(() -> done.add("same turn"));
        turn();
        loop.post(() -> done.add("next"));
        turn();
        assertThat(done).containsExactly("same turn", "next");
    }

    @Test
    void turnThatWasRejected_isTriedAgainWithTheNextStep() {
        boolean[] full = {true};
        DeliveryLoop loop = new DeliveryLoop(
                turn -> {
                    if (full[0]) {
                        throw new RejectedExecutionException();
                    }
                    executor.add(turn);
                },
                System::nanoTime,
                DeliveryObserver.NONE);
        assertThatThrownBy(() -> loop.post(() -> done.add("first"))).isInstanceOf(RejectedExecutionException.class);

        full[0] = false;
        loop.post(() -> done.add("second"));
        turn();
        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void turned_waitsForTheLoop() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, DeliveryObserver.NONE);
        var turned = loop.turned();
        assertThat(turned).isNotDone();
        turn();
        assertThat(turned).isCompleted();
    }
}

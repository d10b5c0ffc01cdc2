package io.plexspaces.processgroups.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** The next turn comes, also when a step throws. */
class DeliveryLoopTest {
    private static final int STEPS_PER_TURN = 4096;

    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    private final DeliveryObserver failing = observing(events -> {
        throw new IllegalStateException("no metrics");
    });

    private static DeliveryObserver observing(LongConsumer delivered) {
        return new DeliveryObserver() {
            @Override
            public void delivered(long events) {
                delivered.accept(events);
            }

            @Override
            public void dropped(OverflowPolicy policy, long messages) {}

            @Override
            public void gap() {}

            @Override
            public void cut(ErrorCode cause) {}
        };
    }

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

    @Test
    void steps_ofOneTurn_runInTheirOrder_andWhatTheyPostBehindThem() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, DeliveryObserver.NONE);
        loop.post(() -> {
            loop.post(() -> done.add("third"));
            done.add("first");
        });
        loop.post(() -> done.add("second"));
        assertThat(executor).hasSize(1);
        turn();
        assertThat(done).containsExactly("first", "second", "third");
        assertThat(executor).isEmpty();
    }

    @Test
    void steps_moreThanATurnTakes_goOnInTheNext() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, DeliveryObserver.NONE);
        int[] steps = {0};
        for (int i = 0; i < STEPS_PER_TURN + 1; i++) {
            loop.post(() -> steps[0]++);
        }
        turn();
        assertThat(steps[0]).isEqualTo(STEPS_PER_TURN);
        turn();
        assertThat(steps[0]).isEqualTo(STEPS_PER_TURN + 1);
        assertThat(executor).isEmpty();
    }

    @Test
    void turn_manyWrites_flushesEachConnectionOnceAndTellsTheSum() {
        List<Long> sums = new ArrayList<>();
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, observing(sums::add));
        FakeSink first = new FakeSink(executor::add);
        FakeSink second = new FakeSink(executor::add);
        Connection one = new Connection(first, loop, 1000, new ServerBudget(1 << 30), DeliveryObserver.NONE);
        Connection other = new Connection(second, loop, 1000, new ServerBudget(1 << 30), DeliveryObserver.NONE);
        one.send(Frame.of(Messages.left(Messages.G, 1)));
        other.send(Frame.of(Messages.left(Messages.G, 2)));
        one.send(Frame.of(Messages.left(Messages.G, 3)));
        assertThat(first.got).isEmpty();
        turn();
        assertThat(first.got).containsExactly("left1", "left3", "|");
        assertThat(second.got).containsExactly("left2", "|");
        assertThat(sums).containsExactly(3L);

        one.send(Frame.of(Messages.left(Messages.G, 4)));
        turn();
        assertThat(first.got).endsWith("|", "left4", "|");
        assertThat(second.got).hasSize(2);
        loop.post(() -> {});
        turn();
        assertThat(sums).as("nothing to tell of a turn without any").containsExactly(3L, 1L);
    }

    @Test
    void later_delayHasPassed_isDoneOnTheLoop() throws InterruptedException {
        BlockingQueue<Runnable> turns = new LinkedBlockingQueue<>();
        DeliveryLoop loop = new DeliveryLoop(turns::add, System::nanoTime, DeliveryObserver.NONE);
        List<Thread> on = new ArrayList<>();
        loop.later(Duration.ofMillis(1), () -> on.add(Thread.currentThread()));
        Runnable turn = turns.poll(10, TimeUnit.SECONDS);
        assertThat(turn).isNotNull();
        assertThat(on).isEmpty();
        turn.run();
        assertThat(on).containsExactly(Thread.currentThread());
    }

    @Test
    void run_givenBack_isLentAgainAndEmpty() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, DeliveryObserver.NONE);
        Run run = loop.borrow();
        run.add(Frame.of(Messages.left(Messages.G, 1)), 7);
        assertThat(loop.borrow()).as("while it is lent").isNotSameAs(run);
        loop.giveBack(run);
        assertThat(loop.borrow()).isSameAs(run);
        assertThat(run.count()).isZero();
        assertThat(run.weight()).isZero();
    }

    @Test
    void run_thatGrewLarge_isNotKept() {
        DeliveryLoop loop = new DeliveryLoop(executor::add, System::nanoTime, DeliveryObserver.NONE);
        Run run = loop.borrow();
        for (int i = 0; i <= 1024; i++) {
            run.add(Frame.of(Messages.left(Messages.G, i)), 1);
        }
        loop.giveBack(run);
        assertThat(loop.borrow()).isNotSameAs(run);
    }

    @Test
    void isExpired_afterTheDeadlineOnly_andNeverWithoutOne() {
        long[] nanos = {Long.MAX_VALUE - 1};
        DeliveryLoop loop = new DeliveryLoop(executor::add, () -> nanos[0], DeliveryObserver.NONE);
        Event.Delivered message = Messages.message(Messages.G, 1, null, 10);
        Frame frame = Frame.of(message, null, Long.MAX_VALUE - 1);
        assertThat(loop.isExpired(frame)).isFalse();
        // The clock may run over, as System.nanoTime() may.
        nanos[0] = Long.MIN_VALUE;
        assertThat(loop.isExpired(frame)).isTrue();
        assertThat(loop.isExpired(Frame.of(message, null, Frame.NEVER))).isFalse();
        assertThat(loop.isExpired(Frame.of(message))).isFalse();
    }

    @Test
    void loopBehindItsBound_isOverloaded() {
        DeliveryLoops loops =
                new DeliveryLoops(System::nanoTime, DeliveryObserver.NONE, 1000, 500, new ServerBudget(1 << 20));
        DeliveryLoop busy = loops.connect(new FakeSink(executor::add)).loop();
        busy.addBacklog(500);
        assertThat(loops.isOverloaded()).isFalse();
        busy.addBacklog(1);
        assertThat(loops.isOverloaded()).isTrue();
        assertThat(loops.backlog()).isEqualTo(501);
        busy.addBacklog(-1);
        assertThat(loops.isOverloaded()).isFalse();
    }
}

package io.plexspaces.processgroups.core.delivery;

import static io.plexspaces.processgroups.core.delivery.Messages.G;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** A turn in which transports copy much pauses for them, and nobody misses anything or gets it twice. */
class PausedTurnTest {
    /** Of a message: three of them copied are enough for a pause. */
    private static final int WEIGHT = DeliveryLoop.COPIED_BEFORE_PAUSE / 3 + 1;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean stopped;
    private long nanos;
    private final DeliveryLoop loop = new DeliveryLoop(this::execute, () -> nanos, DeliveryObserver.NONE);
    private final Roster roster = new Roster(loop);
    private final FakeSink.Format format = new FakeSink.Format();
    private final List<FakeSink> sinks = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();

    private void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException();
        }
        tasks.add(task);
    }

    private Subscriber join() {
        FakeSink sink = new FakeSink(this::execute, format);
        sink.copies = true;
        Connection connection = new Connection(sink, loop, 1 << 30, new ServerBudget(1 << 30), DeliveryObserver.NONE);
        Subscriber made = new Subscriber(connection, G, new ActorId("a" + sinks.size()), OverflowPolicy.DISCONNECT);
        sinks.add(sink);
        subscribers.add(made);
        roster.add(made);
        return made;
    }

    private void join(int count) {
        for (int i = 0; i < count; i++) {
            join();
        }
        runAll();
    }

    private void post(long offset) {
        roster.post(Frame.of(Messages.message(G, offset, null, 100)), WEIGHT, null);
    }

    private boolean runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    private void runAll() {
        while (runOne()) {
            // the next
        }
    }

    private long have(String name) {
        return sinks.stream().filter(sink -> sink.names().contains(name)).count();
    }

    @Test
    void pause_comesAfterSoMuchWasCopied_andBehindWhatTransportsHaveToDo() {
        join(8);
        post(1);
        runOne();
        assertThat(have("g1")).isEqualTo(3);
        assertThat(sinks.get(0).got).as("flushed").endsWith("|");
        List<Long> seen = new ArrayList<>();
        execute(() -> seen.add(have("g1")));
        runAll();
        assertThat(seen).as("the loop does something else between").containsExactly(6L);
        assertThat(have("g1")).isEqualTo(8);
    }

    @Test
    void allGetEverythingOnceInOrder_howeverOftenItPauses() {
        join(8);
        for (int i = 1; i <= 5; i++) {
            post(i);
        }
        int turns = 0;
        while (runOne()) {
            turns++;
        }
        assertThat(turns).isGreaterThan(8);
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.names()).containsExactly("g1", "g2", "g3", "g4", "g5"));
        assertThat(loop.backlog()).isZero();
    }

    @Test
    void whoComesAndGoesDuringThePause_missesAndGetsWhatItWould() {
        join(8);
        post(1);
        runOne();
        roster.remove(subscribers.get(7));
        Subscriber late = join();
        post(2);
        runAll();
        assertThat(sinks.get(7).names()).as("was there for the first").containsExactly("g1");
        assertThat(sinks.get(0).names()).containsExactly("g1", "g2");
        assertThat(sinks.get(8).names()).as("came after the first").containsExactly("g2");
        assertThat(late.slot).isNotNegative();
    }

    @Test
    void messageThatExpiresDuringThePause_reachesNoFurtherSubscriber_andOthersDo() {
        join(8);
        roster.post(Frame.of(Messages.message(G, 1, null, 100), null, 1_000), WEIGHT / 2, null);
        roster.post(Frame.of(Messages.message(G, 2, null, 100)), WEIGHT / 2, null);
        runOne();
        assertThat(have("g1")).isEqualTo(3);
        nanos = 2_000;
        runAll();
        assertThat(have("g1")).isEqualTo(3);
        assertThat(have("g2")).isEqualTo(8);
    }

    @Test
    void messagesThatAllExpireDuringThePause_endTheTurn() {
        join(8);
        roster.post(Frame.of(Messages.message(G, 1, null, 100), null, 1_000), WEIGHT, null);
        runOne();
        nanos = 2_000;
        post(2);
        runAll();
        assertThat(have("g1")).isEqualTo(3);
        assertThat(have("g2")).isEqualTo(8);
        assertThat(loop.backlog()).isZero();
    }

    @Test
    void connectionThatIsLostDuringThePause_getsNoMore_andTheOthersDo() {
        join(8);
        post(1);
        runOne();
        subscribers.get(6).connection().lost();
        sinks.get(5).broken = true;
        post(2);
        runAll();
        assertThat(sinks.get(7).names()).containsExactly("g1", "g2");
        assertThat(sinks.get(5).closes).isPositive();
    }

    @Test
    void transportsThatShare_areNotWaitedFor() {
        join(8);
        sinks.forEach(sink -> sink.copies = false);
        post(1);
        runOne();
        assertThat(have("g1")).isEqualTo(8);
        assertThat(tasks).isEmpty();
    }

    @Test
    void loopThatTakesNoMore_isNotLeftAsIfItWere() {
        join(8);
        post(1);
        stopped = true;
        assertThatThrownBy(this::runOne).isInstanceOf(RejectedExecutionException.class);
        stopped = false;
        post(2);
        runAll();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.names()).containsExactly("g1", "g2"));
    }
}

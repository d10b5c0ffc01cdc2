package io.plexspaces.processgroups.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How much may wait for one connection, and who is to blame when that is too little. */
class ConnectionTest {
    private static final int BOUND = 10_000;

    private final AtomicLong clock = new AtomicLong();
    private final Peer peer = new Peer();
    private final Connection connection = new Connection(
            peer,
            new DeliveryLoop(Runnable::run, clock::get, DeliveryObserver.NONE),
            BOUND,
            new ServerBudget(1 << 30),
            DeliveryObserver.NONE);

    /** Notes how long each frame is that it gets. */
    private static final class Peer implements Sink<List<Integer>>, WireFormat<List<Integer>> {
        final List<Integer> got = new ArrayList<>();
        boolean reads = true;

        /** Writes until it reads no more. */
        int takes = Integer.MAX_VALUE;

        @Nullable
        ErrorCode closed;

        @Override
        public WireFormat<List<Integer>> format() {
            return this;
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public int heldBytes() {
            return 0;
        }

        @Override
        public boolean ready() {
            return reads;
        }

        @Override
        public void write(List<Integer> joined, boolean shared) {
            got.addAll(joined);
            reads = --takes > 0;
        }

        @Override
        public void flush() {}

        @Override
        public void close(@Nullable GroupException cause) {
            closed = cause == null ? null : cause.code();
        }

        @Override
        public byte[] encode(Event event) {
            throw new AssertionError();
        }

        @Override
        public List<Integer> join(byte[][] parts, int count, int bytes) {
            List<Integer> lengths = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lengths.add(parts[i].length);
            }
            return lengths;
        }

        @Override
        public void release(List<Integer> joined) {}
    }

    private Frame frame(int bytes) {
        return Frame.control(peer, new byte[bytes]);
    }

    private Source awaited() {
        Source source = Source.awaited();
        connection.push(source);
        return source;
    }

    @Test
    void peerThatDoesNotRead_isTooSlow() {
        peer.reads = false;
        connection.send(frame(BOUND - 200));
        assertThat(connection.isClosed()).isFalse();

        connection.send(frame(200));
        clock.addAndGet(Burst.STALL.toNanos() - 1);
        connection.send(frame(1));
        assertThat(connection.isClosed())
                .as("a burst, until it takes nothing for a while")
                .isFalse();
        clock.incrementAndGet();
        connection.send(frame(1));
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
    }

    @Test
    void peerThatTakesNothing_isCutWhileOthersNeedItsRoom_howeverLargeItsQueueMayBe() {
        ServerBudget budget = new ServerBudget(1 << 20);
        Connection deaf = resuming(budget);
        peer.reads = false;
        deaf.send(frame(100_000));
        assertThat(deaf.isClosed()).isFalse();
        budget.add(1 << 20);
        await().until(deaf::isClosed);
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
        assertThat(budget.held()).isEqualTo(1 << 20);
    }

    @Test
    void peerThatTakesNothingOfAPage_isCutWhileOthersNeedItsRoom() {
        ServerBudget budget = new ServerBudget(1 << 20);
        Connection deaf = resuming(budget);
        Source source = Source.awaited();
        deaf.push(source);
        peer.reads = false;
        deaf.supply(source, List.of(frame(10)).iterator(), 500_000);
        budget.add(1 << 20);
        await().until(deaf::isClosed);
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
        assertThat(budget.held()).isEqualTo(1 << 20);
    }

    @Test
    void whatFillsASource_waitsUntilThePeerTakesSomething_andTheServerHasRoom() {
        ServerBudget budget = new ServerBudget(8 << 20);
        Connection resumed = resuming(budget);
        AtomicInteger read = new AtomicInteger();
        peer.reads = false;
        Source source = Source.awaited();
        resumed.whenRoom(source, 300_000, read::incrementAndGet);
        resumed.push(source);
        assertThat(read).hasValue(0);

        budget.add(8_000_000);
        peer.reads = true;
        resumed.ready();
        assertThat(read).as("no room").hasValue(0);
        budget.add(-8_000_000);
        await().until(() -> read.get() == 1);
        assertThat(budget.held()).as("counts before it is there").isBetween(300_000L, 300_100L);
        resumed.supply(source, Collections.emptyIterator(), 0);
        assertThat(budget.held()).isZero();
        assertThat(resumed.isClosed()).isFalse();
    }

    @Test
    void whatFillsSeveralSources_isReadOneAfterTheOther() {
        ServerBudget budget = new ServerBudget(64 << 20);
        Connection resumed = resuming(budget);
        List<String> read = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            Source source = Source.awaited();
            sources.add(source);
            resumed.whenRoom(source, 1 << 20, () -> read.add(name));
            resumed.push(source);
        }
        assertThat(read).containsExactly("a");
        assertThat(resumed.isClosed())
                .as("more than its queue, before any is there")
                .isFalse();

        resumed.supply(sources.get(0), List.of(frame(10)).iterator(), 10);
        assertThat(read).containsExactly("a", "b");
        resumed.supply(sources.get(1), Collections.emptyIterator(), 0);
        assertThat(read).containsExactly("a", "b", "c");
        resumed.supply(sources.get(2), Collections.emptyIterator(), 0);
        assertThat(peer.got).containsExactly(10);
        assertThat(budget.held()).isZero();
    }

    @Test
    void whatFillsASource_isGivenUpAfterAWhileWithoutRoom() {
        ServerBudget budget = new ServerBudget(8 << 20);
        Connection resumed = resuming(budget);
        budget.add(8_000_000);
        Source source = Source.awaited();
        resumed.whenRoom(source, 300_000, () -> {});
        resumed.push(source);
        clock.addAndGet(11_000_000_000L);
        resumed.ready();
        assertThat(peer.closed).isEqualTo(ErrorCode.OVERLOADED);
    }

    private Connection resuming(ServerBudget budget) {
        return new Connection(
                peer,
                new DeliveryLoop(Runnable::run, clock::get, DeliveryObserver.NONE),
                1 << 20,
                budget,
                DeliveryObserver.NONE);
    }

    @Test
    void peerThatReads_mayBeBehindForAWhile() {
        peer.reads = false;
        sendAll(6 * 64);
        // Each time it takes a part of what waits, and gets as much.
        for (long at = 0; at < Burst.LONGEST.toSeconds(); at++) {
            clock.set(at * 1_000_000_000);
            peer.takes = 1;
            peer.reads = true;
            connection.ready();
            sendAll(64);
            assertThat(connection.isClosed()).as("after %s s", at).isFalse();
        }
        clock.set(Burst.LONGEST.toNanos());
        sendAll(1);
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
    }

    private void sendAll(int frames) {
        for (int i = 0; i < frames; i++) {
            connection.send(frame(100));
        }
    }

    @Test
    void burst_isBounded() {
        peer.reads = false;
        for (int i = 0; i < 7; i++) {
            connection.send(frame(BOUND));
        }
        assertThat(connection.isClosed()).isFalse();
        connection.send(frame(BOUND));
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
    }

    @Test
    void crowded_untilThePeerHasTakenEnough() {
        AtomicInteger told = new AtomicInteger();
        connection.onRoom(told::incrementAndGet);
        peer.reads = false;
        connection.send(frame(BOUND / 2 - 64));
        assertThat(connection.isCrowded()).isFalse();
        connection.send(frame(1));
        assertThat(connection.isCrowded()).isTrue();

        peer.reads = true;
        connection.ready();
        assertThat(connection.isCrowded()).isFalse();
        assertThat(told).hasValue(1);
    }

    @Test
    void oneFrame_isTakenWhereNoneWaits_howeverLong() {
        Source first = awaited();
        Source second = awaited();
        connection.send(frame(100 * BOUND));
        assertThat(connection.isClosed()).isFalse();

        connection.supply(first, List.of(frame(1)).iterator(), 1);
        connection.supply(second, List.of(frame(2)).iterator(), 1);
        assertThat(peer.got).containsExactly(1, 2, 100 * BOUND);
    }

    @Test
    void peerThatWaitsForTheStore_hasMoreRoom_andIsNotCalledSlow() {
        Source first = awaited();
        for (int i = 0; i < 3; i++) {
            connection.send(frame(BOUND));
        }
        assertThat(connection.isClosed()).isFalse();

        connection.send(frame(BOUND));
        assertThat(peer.closed).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        connection.supply(first, Collections.emptyIterator(), 0);
        assertThat(peer.got).isEmpty();
    }

    @Test
    void eventsThatAreTakenAtOnce_doNotWeigh() {
        Source first = awaited();
        Source second = awaited();
        connection.supply(first, List.of(frame(1)).iterator(), 10 * BOUND);
        connection.supply(second, List.of(frame(2)).iterator(), 10 * BOUND);
        assertThat(connection.isClosed()).isFalse();
        assertThat(peer.got).containsExactly(1, 2);
    }

    @Test
    void severalThatAreNotTaken_areBounded() {
        Source first = awaited();
        Source second = awaited();
        peer.reads = false;
        connection.supply(first, List.of(frame(1)).iterator(), BOUND);
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
        connection.supply(second, List.of(frame(2)).iterator(), BOUND);
        assertThat(peer.got).isEmpty();
    }
}

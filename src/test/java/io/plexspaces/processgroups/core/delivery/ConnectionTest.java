package io.plexspaces.processgroups.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How much may wait for one connection, and who is to blame when that is too little. */
class ConnectionTest {
    private static final int BOUND = 10_000;

    private final Peer peer = new Peer();
    private final Connection connection = new Connection(
            peer,
            new DeliveryLoop(Runnable::run, System::nanoTime, DeliveryObserver.NONE),
            BOUND,
            DeliveryObserver.NONE);

    /** Notes how long each frame is that it gets. */
    private static final class Peer implements Sink<List<Integer>>, WireFormat<List<Integer>> {
        final List<Integer> got = new ArrayList<>();
        boolean reads = true;

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
        public boolean ready() {
            return reads;
        }

        @Override
        public void write(List<Integer> joined, boolean shared) {
            got.addAll(joined);
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
        assertThat(peer.closed).isEqualTo(ErrorCode.SLOW_CONSUMER);
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

package io.plexspaces.processgroups.core.delivery;

import static io.plexspaces.processgroups.core.delivery.Messages.G;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What subscribers get of what comes within a turn, in which others come and go.
 *
 * <p>One file, as each case is about the same turn: who was there when, and who was ready.
 */
class RosterTest {
    private static final int BYTES = 36;
    private static final int BOUND = 1000;

    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final Executor executor = turns::add;
    private long nanos;
    private final DeliveryLoop loop = new DeliveryLoop(executor, () -> nanos, DeliveryObserver.NONE);
    private final Roster roster = new Roster(loop);
    private final FakeSink.Format format = new FakeSink.Format();

    /** A connection and its only subscriber. */
    private final class Peer {
        final FakeSink sink;
        final Connection connection;
        final Subscriber subscriber;

        Peer(String actor, FakeSink.Format format) {
            sink = new FakeSink(executor, format);
            connection = new Connection(sink, loop, BOUND, new ServerBudget(1 << 30), DeliveryObserver.NONE);
            subscriber = new Subscriber(connection, G, new ActorId(actor), OverflowPolicy.DISCONNECT);
        }

        Peer(String actor) {
            this(actor, format);
        }

        Peer joined() {
            roster.add(subscriber);
            return this;
        }

        List<String> names() {
            return sink.names();
        }
    }

    private static Frame frame(long offset) {
        return Frame.of(Messages.message(G, offset, null, BYTES));
    }

    private void post(long... offsets) {
        for (long offset : offsets) {
            roster.post(frame(offset), BYTES, null);
        }
    }

    private void turn() {
        Runnable turn = turns.poll();
        assertThat(turn).isNotNull();
        turn.run();
        assertThat(turns).isEmpty();
    }

    // Who gets what.

    @Test
    void add_whileFramesAreDue_getsThoseAfterIt() {
        Peer first = new Peer("first").joined();
        post(1, 2);
        Peer second = new Peer("second").joined();
        post(3);
        turn();
        assertThat(first.names()).containsExactly("g1", "g2", "g3");
        assertThat(second.names()).containsExactly("g3");
    }

    @Test
    void remove_whileFramesAreDue_getsThoseBeforeIt() {
        Peer first = new Peer("first").joined();
        Peer second = new Peer("second").joined();
        post(1, 2);
        roster.remove(first.subscriber);
        post(3);
        turn();
        assertThat(first.names()).containsExactly("g1", "g2");
        assertThat(second.names()).containsExactly("g1", "g2", "g3");
    }

    @Test
    void remove_andAddInOneTurn_missesWhatCameBetween() {
        Peer peer = new Peer("peer").joined();
        post(1);
        roster.remove(peer.subscriber);
        post(2);
        peer.joined();
        post(3);
        turn();
        assertThat(peer.names()).containsExactly("g1", "g3");
    }

    @Test
    void remove_inAnyPlace_takesThatOneAlone() {
        List<Peer> peers = new ArrayList<>();
        for (String actor : List.of("a", "b", "c", "d")) {
            peers.add(new Peer(actor).joined());
        }
        post(1);
        roster.remove(peers.get(0).subscriber);
        post(2);
        roster.remove(peers.get(3).subscriber);
        post(3);
        roster.remove(peers.get(2).subscriber);
        post(4);
        turn();
        assertThat(peers.get(0).names()).containsExactly("g1");
        assertThat(peers.get(1).names()).containsExactly("g1", "g2", "g3", "g4");
        assertThat(peers.get(2).names()).containsExactly("g1", "g2", "g3");
        assertThat(peers.get(3).names()).containsExactly("g1", "g2");
    }

    @Test
    void isEmpty_isKnownBeforeTheLoopTurns() {
        assertThat(roster.isEmpty()).isTrue();
        Peer peer = new Peer("peer").joined();
        assertThat(roster.isEmpty()).isFalse();
        roster.remove(peer.subscriber);
        assertThat(roster.isEmpty()).isTrue();
    }

    @Test
    void send_toOne_comesBetweenTheFramesOfAll() {
        Peer first = new Peer("first").joined();
        Peer second = new Peer("second").joined();
        post(1);
        roster.send(first.subscriber, Frame.of(Messages.left(G, 2)));
        post(3);
        roster.send(
                second.subscriber,
                Source.of(List.of(Frame.of(Messages.left(G, 4))).iterator(), 0));
        post(5);
        turn();
        assertThat(first.names()).containsExactly("g1", "left2", "g3", "g5");
        assertThat(second.names()).containsExactly("g1", "g3", "left4", "g5");
    }

    @Test
    void post_exceptAnActor_reachesAllOthersInOrder() {
        Peer sender = new Peer("sender").joined();
        Peer other = new Peer("other").joined();
        FakeSink sink = new FakeSink(executor, format);
        Connection watching = new Connection(sink, loop, BOUND, new ServerBudget(1 << 30), DeliveryObserver.NONE);
        roster.add(new Subscriber(watching, G, null, OverflowPolicy.DISCONNECT));
        post(1);
        roster.post(frame(2), BYTES, new ActorId("sender"));
        post(3);
        roster.post(frame(4), BYTES, new ActorId("somebody"));
        turn();
        assertThat(sender.names()).containsExactly("g1", "g3", "g4");
        assertThat(other.names()).containsExactly("g1", "g2", "g3", "g4");
        assertThat(sink.names()).containsExactly("g1", "g2", "g3", "g4");

        roster.post(frame(5), BYTES, null);
        turn();
        assertThat(sender.names()).endsWith("g4", "g5");
        assertThat(sender.sink.joined).last().isSameAs(other.sink.joined.get(1));
    }

    // How it gets there.

    @Test
    void turn_framesForAll_areJoinedOnceAndShared() {
        List<Peer> peers = List.of(new Peer("a").joined(), new Peer("b").joined(), new Peer("c").joined());
        post(1, 2, 3);
        assertThat(format.encodings).isZero();
        turn();
        assertThat(format.encodings).isEqualTo(3);
        assertThat(format.joins).isEqualTo(1);
        assertThat(format.releases).isEqualTo(1);
        for (Peer peer : peers) {
            assertThat(peer.sink.got).containsExactly("g1", "g2", "g3", "|");
            assertThat(peer.sink.joined.get(0))
                    .isSameAs(peers.get(0).sink.joined.get(0));
            assertThat(peer.sink.shared).containsExactly(true);
        }
    }

    @Test
    void turn_oneSubscriber_hasItsBytesForItself() {
        Peer peer = new Peer("peer").joined();
        post(1);
        turn();
        assertThat(peer.sink.shared).containsExactly(false);
    }

    @Test
    void turn_twoFormats_areEncodedAndJoinedOnceEach() {
        FakeSink.Format second = new FakeSink.Format();
        List<Peer> peers = List.of(
                new Peer("a").joined(),
                new Peer("b", second).joined(),
                new Peer("c").joined(),
                new Peer("d", second).joined());
        post(1, 2);
        turn();
        for (FakeSink.Format each : List.of(format, second)) {
            assertThat(List.of(each.encodings, each.joins, each.releases)).containsExactly(2, 1, 1);
        }
        assertThat(peers).allSatisfy(peer -> assertThat(peer.names()).containsExactly("g1", "g2"));
        assertThat(peers.get(3).sink.joined.get(0))
                .isSameAs(peers.get(1).sink.joined.get(0));
    }

    @Test
    void turns_oneAfterTheOther_bringEachFrameOnce() {
        Peer peer = new Peer("peer").joined();
        post(1, 2);
        turn();
        post(3);
        turn();
        loop.post(() -> {});
        turn();
        assertThat(peer.sink.got).containsExactly("g1", "g2", "|", "g3", "|");
    }

    @Test
    void frames_heavierThanARun_endTheTurn_andGoOutOnce() {
        Peer peer = new Peer("peer").joined();
        List<String> before = new ArrayList<>();
        roster.post(frame(1), Run.BYTES - 1, null);
        loop.post(() -> before.addAll(peer.names()));
        roster.post(frame(2), 1, null);
        loop.post(() -> before.addAll(peer.names()));
        roster.post(frame(3), 1, null);
        turns.remove().run();
        assertThat(peer.sink.got).containsExactly("g1", "g2", "|");
        assertThat(before).isEmpty();
        turn();
        assertThat(before).containsExactly("g1", "g2");
        assertThat(peer.sink.got).containsExactly("g1", "g2", "|", "g3", "|");
        assertThat(loop.backlog()).isZero();
    }

    @Test
    void sinkThatIsNotReady_getsTheSameLaterAndInOrder() {
        Peer ready = new Peer("ready").joined();
        Peer slow = new Peer("slow").joined();
        slow.sink.ready = false;
        post(1, 2);
        turn();
        assertThat(ready.names()).containsExactly("g1", "g2");
        assertThat(slow.sink.got).isEmpty();

        slow.sink.ready = true;
        post(3);
        turn();
        assertThat(slow.sink.got).as("behind what waits").isEmpty();
        slow.connection.ready();
        post(4);
        turn();
        assertThat(ready.names()).containsExactly("g1", "g2", "g3", "g4");
        assertThat(slow.names()).containsExactly("g1", "g2", "g3", "g4");
        assertThat(format.encodings).isEqualTo(4);
    }

    @Test
    void connectionThatIsCut_getsNothingMore_othersDo() {
        Peer slow = new Peer("slow").joined();
        Peer ready = new Peer("ready").joined();
        slow.sink.ready = false;
        for (int offset = 1; offset <= 11; offset++) {
            post(offset);
        }
        turn();
        nanos += Burst.STALL.toNanos();
        post(12);
        turn();
        assertThat(slow.sink.cause).isEqualTo(ErrorCode.SLOW_CONSUMER);
        slow.sink.ready = true;
        slow.connection.ready();
        post(13);
        turn();
        assertThat(slow.names()).isEmpty();
        assertThat(slow.sink.closes).isEqualTo(1);
        assertThat(ready.names()).hasSize(13).endsWith("g12", "g13");
    }

    @Test
    void sinkThatThrows_isCut_othersGetEverything() {
        Peer broken = new Peer("broken").joined();
        Peer sound = new Peer("sound").joined();
        broken.sink.broken = true;
        post(1, 2);
        turn();
        assertThat(broken.sink.cause).isEqualTo(ErrorCode.INTERNAL);
        assertThat(sound.names()).containsExactly("g1", "g2");
    }

    @Test
    void frameThatCannotBeEncoded_cutsAllWhoShouldHaveIt() {
        Peer first = new Peer("first").joined();
        Peer second = new Peer("second").joined();
        roster.post(Frame.of(Messages.message(G, 1, null, 0)), 0, null);
        turn();
        assertThat(first.sink.cause).isEqualTo(ErrorCode.INTERNAL);
        assertThat(second.sink.cause).isEqualTo(ErrorCode.INTERNAL);
    }

    // Time, backlog, traces.

    /** Notes the calls of a frame's tracer. */
    private static final class Traced implements DeliveryTracer.Delivering {
        final List<String> told = new ArrayList<>();
        boolean fails;

        @Override
        public void posted() {
            told.add("posted");
        }

        @Override
        public void handed(int connections) {
            told.add("handed " + connections);
            if (fails) {
                throw new IllegalStateException("expected by the test");
            }
        }

        @Override
        public void allPosted() {}
    }

    private static Frame frame(long offset, DeliveryTracer.@Nullable Delivering traced, long deadline) {
        return Frame.of(Messages.message(G, offset, null, BYTES), traced, deadline);
    }

    @Test
    void frameThatIsTooLate_reachesNobodyAndIsTold() {
        Traced traced = new Traced();
        Traced one = new Traced();
        Peer peer = new Peer("peer").joined();
        roster.post(frame(1, traced, 10), BYTES, null);
        roster.send(peer.subscriber, frame(2, one, 10));
        roster.post(frame(3, null, 11), BYTES, null);
        assertThat(loop.backlog()).isEqualTo(2 * BYTES);
        nanos = 11;
        turn();
        assertThat(peer.names()).containsExactly("g3");
        assertThat(traced.told).containsExactly("posted", "handed 0");
        assertThat(one.told).containsExactly("posted", "handed 0");
        assertThat(loop.backlog()).isZero();
    }

    @Test
    void frameThatBecomesTooLateInAMailbox_isLeftOut() {
        Peer slow = new Peer("slow").joined();
        slow.sink.ready = false;
        roster.post(frame(1, null, 10), BYTES, null);
        post(2);
        turn();
        nanos = 11;
        slow.sink.ready = true;
        slow.connection.ready();
        turn();
        assertThat(slow.names()).containsExactly("g2");
    }

    @Test
    void backlog_isWhatWasPostedAndNotYetHandedOut() {
        new Peer("peer").joined();
        post(1, 2);
        assertThat(loop.backlog()).isEqualTo(2 * BYTES);
        turn();
        assertThat(loop.backlog()).isZero();
    }

    @Test
    void tracedFrame_isToldHowManyConnectionsGotIt_andMayThrow() {
        Traced traced = new Traced();
        Traced one = new Traced();
        traced.fails = true;
        one.fails = true;
        Peer first = new Peer("first").joined();
        Peer second = new Peer("second").joined();
        roster.post(frame(1, traced, Frame.NEVER), BYTES, null);
        roster.send(first.subscriber, frame(2, one, Frame.NEVER));
        post(3);
        turn();
        assertThat(traced.told).containsExactly("posted", "handed 2");
        assertThat(one.told).containsExactly("posted", "handed 1");
        assertThat(first.names()).containsExactly("g1", "g2", "g3");
        assertThat(second.names()).containsExactly("g1", "g3");
    }
}

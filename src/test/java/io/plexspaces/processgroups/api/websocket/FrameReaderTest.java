package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int BYTES = 300_000;

    private final ServerBudget budget = new ServerBudget(1 << 20);

    /** Answers come on other threads: the receiver may be free again just before the reader stops reading. */
    @Test
    void receiverThatBecomesFreeBeforeReadingStops_getsTheFrameAllTheSame() {
        FrameReader reader = new FrameReader(budget);
        EmbeddedChannel channel = new EmbeddedChannel(reader);
        Peer peer = new Peer(false, false, true, false);
        reader.start(peer);

        channel.writeInbound(new TextWebSocketFrame("one"), new TextWebSocketFrame("two"));
        channel.runPendingTasks();

        assertThat(peer.messages).containsExactly("one", "two");
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void messageInPart_countsInTheBudget_untilItIsWhole() {
        FrameReader reader = new FrameReader(budget);
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), new Decoder(), reader);
        Peer peer = new Peer();
        reader.start(peer);

        channel.writeInbound(Unpooled.wrappedBuffer(new byte[BYTES - 1]));
        assertThat(budget.held()).isEqualTo(BYTES - 1);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        assertThat(budget.held()).as("one fragment of a message").isBetween(BYTES - 1L, (long) BYTES);
        assertThat(peer.messages).isEmpty();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[BYTES]));
        assertThat(peer.messages).hasSize(1);
        assertThat(budget.held()).isZero();
        assertThat(peer.overloaded).isZero();
        channel.finishAndReleaseAll();
    }

    @Test
    void messageThatTheServerHasNoRoomFor_endsTheConnection() {
        FrameReader reader = new FrameReader(budget);
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), new Decoder(), reader);
        Peer peer = new Peer();
        reader.start(peer);
        budget.add(1 << 20);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[BYTES - 1]));
        assertThat(peer.overloaded).isEqualTo(1);
        channel.finishAndReleaseAll();
        assertThat(budget.held()).as("nothing is left of it").isEqualTo(1 << 20);
    }

    @Test
    void whatWasKeptOfAMessageWithoutRoom_isGivenUpAtOnce_andNothingMoreIsKept() {
        FrameReader reader = new FrameReader(budget);
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), reader);
        Peer peer = new Peer();
        reader.start(peer);
        channel.writeInbound(new TextWebSocketFrame(false, 0, "x".repeat(BYTES / 4)));
        assertThat(budget.held()).isGreaterThanOrEqualTo(BYTES / 4);
        budget.add(1 << 20);
        channel.writeInbound(new TextWebSocketFrame(false, 0, "x".repeat(BYTES / 2)));
        assertThat(peer.overloaded).isEqualTo(1);
        assertThat(budget.held()).isEqualTo(1 << 20);
        channel.writeInbound(new TextWebSocketFrame(false, 0, "x".repeat(BYTES / 2)));
        assertThat(budget.held()).isEqualTo(1 << 20);
        assertThat(peer.overloaded).isEqualTo(1);
        channel.finishAndReleaseAll();
    }

    @Test
    void manyFramesThatCarryNothing_endTheConnection_andNothingMoreIsRead() {
        for (boolean asPings : new boolean[] {true, false}) {
            FrameReader reader = new FrameReader(budget);
            EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), reader);
            Peer peer = new Peer();
            reader.start(peer);
            for (int i = 0; i < 3 * FrameReader.FRAMES_EACH_SECOND; i++) {
                channel.writeInbound(
                        asPings ? new PingWebSocketFrame() : new ContinuationWebSocketFrame(false, 0, "x"));
            }
            assertThat(peer.violations).containsExactly("1008 too many frames that carry nothing");
            assertThat(peer.pings).isLessThanOrEqualTo(FrameReader.FRAMES_EACH_SECOND);
            channel.finishAndReleaseAll();
            assertThat(budget.held()).isZero();
        }
    }

    @Test
    void messageInSmallParts_isRead() {
        FrameReader reader = new FrameReader(budget);
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), reader);
        Peer peer = new Peer();
        reader.start(peer);
        channel.writeInbound(new TextWebSocketFrame(false, 0, "a"));
        for (int i = 0; i < 1_000; i++) {
            channel.writeInbound(new ContinuationWebSocketFrame(false, 0, "b"));
        }
        channel.writeInbound(new ContinuationWebSocketFrame(true, 0, "c"));
        assertThat(peer.messages).containsExactly("a" + "b".repeat(1_000) + "c");
        assertThat(peer.violations).isEmpty();
        channel.finishAndReleaseAll();
        assertThat(budget.held()).isZero();
    }

    @Test
    void framesThatWait_countWithWhatTheyCost_alsoWithoutContent() {
        FrameReader reader = new FrameReader(budget);
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), reader);
        for (int i = 0; i < 2_000; i++) {
            channel.writeInbound(new TextWebSocketFrame(""));
        }
        assertThat(budget.held()).isGreaterThan(200_000);
        channel.finishAndReleaseAll();
        assertThat(budget.held()).isZero();
    }

    @Test
    void moreThanATurnMayTake_waitsUntilOthersHadTheirs_inOrder() {
        AtomicLong nanos = new AtomicLong(-1);
        long each = Turn.NANOS / 4;
        FrameReader reader = new FrameReader(budget, new Turn(nanos::get));
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), reader);
        Peer peer = new Peer();
        peer.atMessage = () -> nanos.addAndGet(each);
        reader.start(peer);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add("m" + i);
            channel.pipeline().fireChannelRead(new TextWebSocketFrame("m" + i));
        }
        channel.pipeline().fireChannelReadComplete();
        assertThat(peer.messages).isEqualTo(all.subList(0, 4));
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.runScheduledPendingTasks();
        channel.runScheduledPendingTasks();
        assertThat(peer.messages).isEqualTo(all);
        channel.runScheduledPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(budget.held()).isZero();
        channel.finishAndReleaseAll();
    }

    @Test
    void eachRead_isATurnOfItsOwn() {
        AtomicLong nanos = new AtomicLong();
        FrameReader reader = new FrameReader(budget, new Turn(nanos::get));
        EmbeddedChannel channel = new EmbeddedChannel(reader.unread(), reader);
        Peer peer = new Peer();
        peer.atMessage = () -> nanos.addAndGet(2 * Turn.NANOS);
        reader.start(peer);
        for (int i = 1; i <= 5; i++) {
            channel.pipeline().fireChannelRead(new TextWebSocketFrame("m"));
            channel.pipeline().fireChannelReadComplete();
            assertThat(peer.messages).hasSize(i);
        }
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.finishAndReleaseAll();
    }

    /** Keeps bytes until there are enough for a frame, the second of two of which ends the message. */
    private static final class Decoder extends ByteToMessageDecoder {
        private boolean first = true;

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            if (in.readableBytes() >= BYTES) {
                ByteBuf content = in.readRetainedSlice(BYTES);
                out.add(
                        first
                                ? new TextWebSocketFrame(false, 0, content)
                                : new ContinuationWebSocketFrame(true, 0, content));
                first = !first;
            }
        }
    }

    /** Says in turn whether it is busy, and then that it is not. */
    private static final class Peer implements FrameReceiver {
        private final Deque<Boolean> busy;
        private final List<String> messages = new ArrayList<>();
        private final List<String> violations = new ArrayList<>();
        private int overloaded;
        private int pings;
        private Runnable atMessage = () -> {};

        Peer(Boolean... busy) {
            this.busy = new ArrayDeque<>(List.of(busy));
        }

        @Override
        public boolean isBusy() {
            return !busy.isEmpty() && busy.remove();
        }

        @Override
        public int maxMessageBytes() {
            return 2 * BYTES;
        }

        @Override
        public boolean acceptsText() {
            return true;
        }

        @Override
        public void message(byte[] content) {
            atMessage.run();
            messages.add(new String(content, UTF_8));
        }

        @Override
        public void unacceptable(boolean text) {
            throw new AssertionError("text is accepted");
        }

        @Override
        public void tooLarge() {
            throw new AssertionError("nothing is too large");
        }

        @Override
        public void overloaded() {
            overloaded++;
        }

        @Override
        public void violation(int closeCode, String reason) {
            violations.add(closeCode + " " + reason);
        }

        @Override
        public void ping(ByteBuf content) {
            pings++;
        }

        @Override
        public void closing() {}

        @Override
        public void alive() {}

        @Override
        public void writable() {}

        @Override
        public void ended() {}
    }
}

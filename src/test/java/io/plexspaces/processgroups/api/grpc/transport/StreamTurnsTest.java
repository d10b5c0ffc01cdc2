package io.plexspaces.processgroups.api.grpc.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamTurnsTest {
    private static final int SLICES = 5;

    private final StreamTurns turns = new StreamTurns();
    private final Streams streams = new Streams();
    private final EmbeddedChannel channel = new EmbeddedChannel(turns, streams);

    @AfterEach
    void nothingIsLeaked() {
        channel.finishAndReleaseAll();
    }

    @Test
    void bytesThatBeginNothing_passAtOnce() {
        byte[] bytes = random();
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(bytes));
        assertThat(streams.got.toByteArray()).isEqualTo(bytes);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void streamsBeyondATurn_waitUntilOthersHadTheirs_andBytesKeepTheirOrder() {
        streams.inASlice = StreamTurns.STREAMS / 2;
        byte[] bytes = random();
        ByteBuf read = Unpooled.wrappedBuffer(bytes);
        channel.pipeline().fireChannelRead(read);
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[] {1}));
        channel.pipeline().fireChannelReadComplete();
        int first = 2 * StreamTurns.SLICE;
        assertThat(streams.got.size()).isEqualTo(first);
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.runScheduledPendingTasks();
        assertThat(streams.got.size()).as("less at once").isEqualTo(first + 2 * StreamTurns.SMALL_SLICE);
        streams.inASlice = 0;
        channel.runScheduledPendingTasks();
        byte[] got = streams.got.toByteArray();
        assertThat(got).hasSize(bytes.length + 1).startsWith(bytes).endsWith(1);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(streams.completed).isEqualTo(3);
        assertThat(read.refCnt()).isZero();
    }

    @Test
    void whatComesAfterTheEnd_isDropped() {
        ByteBuf read = Unpooled.wrappedBuffer(random());
        streams.inASlice = StreamTurns.STREAMS;
        channel.pipeline().fireChannelRead(read);
        turns.discard();
        assertThat(read.refCnt()).isZero();
        ByteBuf more = Unpooled.wrappedBuffer(random());
        channel.pipeline().fireChannelRead(more);
        channel.runScheduledPendingTasks();
        assertThat(more.refCnt()).isZero();
        assertThat(streams.got.size()).isEqualTo(StreamTurns.SLICE);
    }

    @Test
    void nextRead_isAnotherTurn() {
        streams.inASlice = StreamTurns.STREAMS;
        for (int i = 1; i <= SLICES; i++) {
            channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[1]));
            channel.pipeline().fireChannelReadComplete();
            assertThat(streams.got.size()).isEqualTo(i);
        }
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void whatWaits_isGivenUp_whenTheConnectionEnds() {
        streams.inASlice = StreamTurns.STREAMS;
        ByteBuf read = Unpooled.wrappedBuffer(random());
        channel.pipeline().fireChannelRead(read);
        assertThat(read.refCnt()).isPositive();
        channel.close();
        assertThat(read.refCnt()).isZero();
        int got = streams.got.size();
        channel.runScheduledPendingTasks();
        assertThat(streams.got.size()).isEqualTo(got);
    }

    @Test
    void failure_isReported_andReadingGoesOn() {
        streams.inASlice = StreamTurns.STREAMS;
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(random()));
        streams.fails = true;
        while (!channel.config().isAutoRead()) {
            channel.runScheduledPendingTasks();
        }
        assertThat(streams.failures).isPositive();
    }

    private static byte[] random() {
        byte[] bytes = new byte[SLICES * StreamTurns.SLICE];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }

    /** Begins some streams with whatever it gets at once. */
    private final class Streams extends ChannelInboundHandlerAdapter {
        private final ByteArrayOutputStream got = new ByteArrayOutputStream();
        private int inASlice;
        private int completed;
        private int failures;
        private boolean fails;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object read) {
            ByteBuf bytes = (ByteBuf) read;
            got.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
            for (int i = 0; i < inASlice; i++) {
                turns.begins();
            }
            if (fails) {
                throw new IllegalStateException("broken on purpose");
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            completed++;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
            failures++;
        }
    }
}

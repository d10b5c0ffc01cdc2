package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    /** Answers come on other threads: the receiver may be free again just before the reader stops reading. */
    @Test
    void receiverThatBecomesFreeBeforeReadingStops_getsTheFrameAllTheSame() {
        FrameReader reader = new FrameReader();
        EmbeddedChannel channel = new EmbeddedChannel(reader);
        Peer peer = new Peer(false, false, true, false);
        reader.start(peer);

        channel.writeInbound(new TextWebSocketFrame("one"), new TextWebSocketFrame("two"));
        channel.runPendingTasks();

        assertThat(peer.messages).containsExactly("one", "two");
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.finishAndReleaseAll();
    }

    /** Says in turn whether it is busy, and then that it is not. */
    private static final class Peer implements FrameReader.Receiver {
        private final Deque<Boolean> busy;
        private final List<String> messages = new ArrayList<>();

        Peer(Boolean... busy) {
            this.busy = new ArrayDeque<>(List.of(busy));
        }

        @Override
        public boolean isBusy() {
            return !busy.isEmpty() && busy.remove();
        }

        @Override
        public int maxMessageBytes() {
            return 1000;
        }

        @Override
        public boolean acceptsText() {
            return true;
        }

        @Override
        public void message(byte[] content) {
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
        public void violation(int closeCode, String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void ping(ByteBuf content) {
            throw new AssertionError("nobody pings");
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

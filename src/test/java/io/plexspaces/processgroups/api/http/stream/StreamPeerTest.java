package io.plexspaces.processgroups.api.http.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.plexspaces.processgroups.api.MemoryService;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamPeerTest {
    private static final StreamPeer.Times TIMES = new StreamPeer.Times(
            TimeUnit.SECONDS.toNanos(15), TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(5));
    private static final String ENCODER = "httpEncoder";

    private final MemoryService service = new MemoryService(1 << 20);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> refusals = new ArrayList<>();
    private final List<StreamPeer> ended = new ArrayList<>();
    private final StreamSink sink;
    private final Connection connection;
    private final StreamPeer peer;
    private long seconds = 1;

    StreamPeerTest() {
        channel.pipeline().addLast(ENCODER, new ChannelInboundHandlerAdapter());
        sink = new StreamSink(
                new StreamSink.Beginning() {
                    @Override
                    public Iterable<Map.Entry<String, String>> stream() {
                        return List.of(Map.entry("vary", "Origin"));
                    }

                    @Override
                    public void refuse(Refusal why) {
                        refusals.add(why.message());
                    }
                },
                StreamFormat.SSE,
                channel.pipeline().context(ENCODER));
        connection = service.sessions.connect(sink);
        peer = new StreamPeer(channel, sink, connection, ended::add);
        channel.pipeline().addAfter(ENCODER, StreamPeer.NAME, peer);
        connection.onEnd(cause -> peer.over());
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        service.close();
    }

    private void pass(int more) {
        for (int i = 0; i < more; i++) {
            seconds++;
            peer.check(TimeUnit.SECONDS.toNanos(seconds), TIMES);
            channel.runPendingTasks();
        }
    }

    private String sent() {
        channel.runPendingTasks();
        StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.append(next.toString(UTF_8));
            next.release();
        }
        return all.toString();
    }

    private void send() {
        connection.send(Frame.of(new Event.Draining(Duration.ofSeconds(1))));
        channel.runPendingTasks();
    }

    @Test
    void firstEvent_comesBehindTheHead() {
        send();
        assertThat(sent())
                .startsWith("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")
                .contains("\r\nvary: Origin\r\n")
                .contains("\r\n\r\nevent: draining\ndata: {")
                .endsWith("}\n\n");
        send();
        assertThat(sent()).startsWith("event: draining\n");
    }

    @Test
    void streamOnWhichNothingIsSent_hasACommentNowAndThen() {
        pass(20);
        assertThat(sent()).as("before it has begun").isEmpty();
        sink.open();
        assertThat(sent()).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");
        pass(16);
        assertThat(sent()).isEqualTo(":\n\n");
        send();
        assertThat(sent()).contains("draining");
        pass(15);
        assertThat(sent()).as("something was sent meanwhile").isEmpty();
        pass(1);
        assertThat(sent()).isEqualTo(":\n\n");
    }

    @Test
    void streamThatCannotBegin_isAFailure_andItsConnectionGoesOn() {
        connection.finish(GroupException.of(ErrorCode.GROUP_NOT_FOUND, "no such group"));
        channel.runPendingTasks();
        assertThat(refusals).containsExactly("no such group");
        assertThat(sent()).isEmpty();
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.pipeline().get(StreamPeer.class)).isNull();
        assertThat(ended).containsExactly(peer);
    }

    @Test
    void streamThatEnds_saysWhy_andEndsItsConnection() {
        sink.open();
        connection.cut(GroupException.of(ErrorCode.GROUP_DELETED, "it is gone"));
        channel.runPendingTasks();
        assertThat(sent()).contains("event: closed\ndata: {\"code\":\"not_found\",\"message\":\"it is gone\"");
        assertThat(channel.isActive()).isFalse();
        assertThat(ended).containsExactly(peer);
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void whoIsToldWhenToComeBack_isToldSoInItsOwnWay() {
        sink.open();
        connection.cut(GroupException.quota("requests", 5, Duration.ofMillis(1500)));
        assertThat(sent()).contains("retry: 1500\nevent: closed\n");
    }

    /** Its socket takes nothing: what was written stays. */
    @Test
    void peerThatTakesNothing_isCut() {
        EmbeddedChannel stuck = new EmbeddedChannel();
        stuck.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        stuck.pipeline().addLast(ENCODER, new ChannelInboundHandlerAdapter());
        StreamSink blocked = new StreamSink(
                new StreamSink.Beginning() {
                    @Override
                    public Iterable<Map.Entry<String, String>> stream() {
                        return List.of();
                    }

                    @Override
                    public void refuse(Refusal why) {
                        refusals.add(why.message());
                    }
                },
                StreamFormat.SSE,
                stuck.pipeline().context(ENCODER));
        Connection waiting = service.sessions.connect(blocked);
        StreamPeer silent = new StreamPeer(stuck, blocked, waiting, ended::add);
        stuck.pipeline().addAfter(ENCODER, StreamPeer.NAME, silent);
        List<ErrorCode> causes = new ArrayList<>();
        waiting.onEnd(cause -> causes.add(cause == null ? null : cause.code()));
        stuck.write(io.netty.buffer.Unpooled.wrappedBuffer(new byte[100]));
        for (int i = 1; i < 40; i++) {
            silent.check(TimeUnit.SECONDS.toNanos(i), TIMES);
            stuck.runPendingTasks();
        }
        assertThat(causes).containsExactly(ErrorCode.PEER_TIMEOUT);
        stuck.finishAndReleaseAll();
    }
}

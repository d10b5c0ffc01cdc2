package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptQueueTest {
    private final EmbeddedChannel listener = new EmbeddedChannel();
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final List<Channel> given = new ArrayList<>();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();
    private final AcceptQueue.Pace pace = new AcceptQueue.Pace(delivered::get, nanos::get);
    private boolean refuses;

    /** Gives what was accepted to the event loop, as a server does. */
    private final class Giving extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object read) {
            Channel accepted = (Channel) read;
            given.add(accepted);
            if (!refuses) {
                loop.register(accepted);
            }
        }
    }

    @BeforeEach
    void install() {
        AcceptQueue.install(listener, pace);
        AcceptQueue.install(listener, pace);
        AcceptQueue.install(null, pace);
        listener.runPendingTasks();
        listener.pipeline().addLast(new Giving());
        loop.execute(() -> {
            try {
                busy.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void stop() {
        busy.countDown();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void accept(int connections) {
        for (int i = 0; i < connections; i++) {
            listener.pipeline().fireChannelRead(new LocalChannel());
        }
    }

    @Test
    void connectionsThatWaitToBeBegun_restTheListener_untilTheyAre() {
        accept(AcceptQueue.MOST - 1);
        assertThat(listener.config().isAutoRead()).isTrue();
        accept(1);
        assertThat(listener.config().isAutoRead()).isFalse();
        busy.countDown();
        Awaitility.await().until(() -> listener.config().isAutoRead());
        assertThat(given).hasSize(AcceptQueue.MOST).allMatch(Channel::isRegistered);
        accept(AcceptQueue.MOST - 1);
        Awaitility.await().until(() -> listener.config().isAutoRead());
    }

    @Test
    void connectionsWhoseFirstBytesAreHandled_haveBegun_andThoseThatAreGone() {
        // Time stands still for these.
        refuses = true;
        for (int i = 0; i < 3 * AcceptQueue.MOST; i++) {
            EmbeddedChannel heard = new EmbeddedChannel();
            listener.pipeline().fireChannelRead(heard);
            heard.pipeline().fireChannelRead("first bytes").fireChannelReadComplete();
            heard.pipeline().fireChannelReadComplete().fireChannelInactive();
            EmbeddedChannel gone = new EmbeddedChannel();
            listener.pipeline().fireChannelRead(gone);
            gone.pipeline().fireChannelInactive();
        }
        for (int i = 1; i < AcceptQueue.MOST; i++) {
            listener.pipeline().fireChannelRead(new EmbeddedChannel());
        }
        assertThat(listener.config().isAutoRead()).isTrue();
        listener.pipeline().fireChannelRead(new EmbeddedChannel());
        assertThat(listener.config().isAutoRead()).isFalse();
    }

    @Test
    void connectionsBesideDeliveries_beginInTheTimeThatTheirLoopsHave() {
        refuses = true;
        delivered.incrementAndGet();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        List<EmbeddedChannel> heard = new ArrayList<>();
        for (int i = 0; i < AcceptQueue.MOST; i++) {
            EmbeddedChannel one = new EmbeddedChannel();
            listener.pipeline().fireChannelRead(one);
            one.pipeline().fireChannelRead("first bytes").fireChannelReadComplete();
            heard.add(one);
        }
        assertThat(listener.config().isAutoRead()).isFalse();
        Awaitility.await().until(() -> {
            heard.forEach(one -> {
                one.runPendingTasks();
                one.runScheduledPendingTasks();
            });
            return listener.config().isAutoRead();
        });
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(pace.hasOthers()).isFalse();
    }

    @Test
    void connectionsThatAreRefused_doNotWait() {
        refuses = true;
        accept(3 * AcceptQueue.MOST);
        assertThat(listener.config().isAutoRead()).isTrue();
    }

    @Test
    void loopThatHasStopped_leavesNothingWaiting() {
        busy.countDown();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        accept(3 * AcceptQueue.MOST);
        assertThat(listener.config().isAutoRead()).isTrue();
    }

    @Test
    void oneListener_hasOne() {
        assertThat(listener.pipeline().names().stream().filter("accept-queue"::equals))
                .hasSize(1);
    }
}

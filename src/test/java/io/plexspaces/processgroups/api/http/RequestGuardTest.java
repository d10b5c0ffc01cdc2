package io.plexspaces.processgroups.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.plexspaces.processgroups.api.OpenConnections;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestGuardTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final OpenConnections open = new OpenConnections(new OpenConnections.Limits(1, 0), () -> 0);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private RequestGuard guard = guard();

    private RequestGuard guard() {
        OpenConnections.Place place = Objects.requireNonNull(open.enterOrSpare(null));
        RequestGuard made = new RequestGuard(TIMEOUT.toNanos(), place);
        channel.freezeTime();
        channel.pipeline().addFirst(made);
        return made;
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
    }

    private void come(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, UTF_8));
    }

    private String read() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            all.append(next.toString(UTF_8));
            next.release();
        }
        return all.toString();
    }

    private void answer() {
        assertThat(guard.begun(true)).isTrue();
        guard.answered(true);
        channel.runPendingTasks();
    }

    @Test
    void silentConnection_isClosedInTime() {
        pass(TIMEOUT.minusNanos(1));
        assertThat(channel.isOpen()).isTrue();

        pass(Duration.ofNanos(1));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void drippingRequest_gainsNothing() {
        for (int second = 0; second < 9; second++) {
            pass(Duration.ofSeconds(1));
            come("x");
        }
        assertThat(channel.isOpen()).isTrue();

        pass(Duration.ofSeconds(1));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answeredConnection_waitsForTheFirstByteOfTheNextRequest() {
        come("GET");
        answer();
        pass(TIMEOUT.multipliedBy(3));
        assertThat(channel.isOpen()).isTrue();

        come("G");
        pass(TIMEOUT.minusNanos(1));
        come("E");
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofNanos(1));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestThatIsWhole_mayTakeLongToBeAnswered() {
        come("GET");
        guard.begun(true);

        pass(TIMEOUT.multipliedBy(10));

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void requestWithABody_isNotWholeWithItsHead() {
        come("POST");
        guard.begun(false);
        come("body");
        pass(TIMEOUT);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whileOneIsAnswered_noOtherIsRead() {
        come("1");
        guard.begun(true);
        come("2");
        come("3");

        assertThat(read()).isEqualTo("1");
        assertThat(channel.config().isAutoRead()).isFalse();

        guard.answered(true);
        channel.runPendingTasks();

        assertThat(read()).isEqualTo("23");
        assertThat(channel.config().isAutoRead()).isTrue();
        pass(TIMEOUT);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestsThatCameTogether_areAllAnsweredFirst() {
        come("12");
        guard.begun(true);
        guard.begun(true);
        come("3");
        guard.answered(true);
        channel.runPendingTasks();
        assertThat(read()).isEqualTo("12");

        guard.answered(true);
        channel.runPendingTasks();

        assertThat(read()).isEqualTo("3");
    }

    @Test
    void peerThatTakesNoAnswers_getsNoFurther() {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);

        assertThat(guard.begun(true)).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void leave_letsTheConnectionLive_andWhatWasHeldBackGoOn() {
        come("GET");
        guard.begun(true);
        come("frame");
        read();

        guard.leave();
        pass(TIMEOUT.multipliedBy(10));
        guard.answered(true);
        guard.leave();

        assertThat(channel.isOpen()).isTrue();
        assertThat(read()).isEqualTo("frame");
    }

    @Test
    void closedConnection_leavesNothingBehind() {
        come("GET");
        guard.begun(true);
        ByteBuf held = Unpooled.copiedBuffer("held", UTF_8);
        channel.writeInbound(held);

        channel.close();
        channel.runPendingTasks();

        assertThat(held.refCnt()).isZero();
        guard.answered(true);
    }

    @Test
    void connectionBeyondTheLimit_endsWithItsFirstAnswer() {
        guard.leave();
        guard = guard();
        assertThat(guard.isForOneAnswer()).isTrue();
        come("GET");

        answer();

        assertThat(channel.isOpen()).isFalse();
    }
}

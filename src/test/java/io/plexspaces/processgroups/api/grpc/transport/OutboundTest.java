package io.plexspaces.processgroups.api.grpc.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.DefaultByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutboundTest {
    private static final int MOST = 300_000;
    private static final int MESSAGE = 100_000;
    private static final int COST = MESSAGE + 200;

    private final ServerBudget budget = new ServerBudget(8 << 20);
    private final AtomicLong counted = new AtomicLong();
    private final Outbound outbound = new Outbound(MOST, budget, counted::get);
    private final Deque<ChannelPromise> untaken = new ArrayDeque<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new Deaf(), outbound);

    /** Stands for a transport whose peer gives no window. */
    private final class Deaf extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext to, Object message, ChannelPromise done) {
            ReferenceCountUtil.release(message);
            untaken.add(done);
        }
    }

    private void send() {
        channel.writeOutbound(new DefaultByteBufHolder(Unpooled.wrappedBuffer(new byte[MESSAGE])));
    }

    @Test
    void messagesThatThePeerDoesNotTake_leaveNoRoomForMore_untilItTakesOne() {
        List<String> woken = new ArrayList<>();
        send();
        send();
        assertThat(outbound.hasRoom()).isTrue();
        send();
        assertThat(outbound.hasRoom()).isFalse();
        assertThat(budget.held()).isEqualTo(3 * COST);
        outbound.whenRoom("first", () -> woken.add("first"));
        outbound.whenRoom("second", () -> woken.add("second"));
        assertThat(woken).isEmpty();

        untaken.remove().setSuccess();
        assertThat(woken).containsExactly("first", "second");
        assertThat(outbound.hasRoom()).isTrue();
        outbound.whenRoom("third", () -> woken.add("third"));
        assertThat(woken).hasSize(3);
    }

    @Test
    void thoseThatWaited_areWokenSomeATurn_andWhoHasEndedIsNot() {
        List<String> woken = new ArrayList<>();
        send();
        send();
        send();
        for (int i = 0; i < 2 * Outbound.AT_ONCE; i++) {
            String name = "w" + i;
            outbound.whenRoom(name, () -> woken.add(name));
        }
        outbound.forget("w0");
        untaken.remove().setSuccess();
        assertThat(woken).hasSize(Outbound.AT_ONCE).doesNotContain("w0").startsWith("w1");
        channel.runScheduledPendingTasks();
        assertThat(woken).hasSize(2 * Outbound.AT_ONCE - 1);
    }

    @Test
    void streamThatIsReset_givesUpWhatWasHeldForIt() {
        send();
        send();
        untaken.remove().setFailure(new IOException("reset"));
        untaken.remove().setSuccess();
        assertThat(budget.held()).isZero();
    }

    @Test
    void whatOthersTellTheBudgetOf_isNotToldTwice() {
        counted.set(COST);
        send();
        assertThat(budget.held()).isZero();
        send();
        assertThat(budget.held()).isEqualTo(COST);
    }

    @Test
    void messagesOfOneTurn_count_beforeTheyAreHandedOn() {
        List<Runnable> later = new ArrayList<>();
        outbound.promise(200_000, later::add);
        assertThat(outbound.hasRoom()).isTrue();
        outbound.promise(200_000, later::add);
        assertThat(outbound.hasRoom()).isFalse();
        assertThat(later).hasSize(1);
        List<String> woken = new ArrayList<>();
        outbound.whenRoom("waited", () -> woken.add("waited"));
        assertThat(woken).isEmpty();
        later.get(0).run();
        assertThat(woken).containsExactly("waited");
        assertThat(outbound.hasRoom()).as("they were handed on, or given up").isTrue();
        assertThat(budget.held()).isZero();
    }

    @Test
    void whenAllHoldMuch_onePeerMayHoldLess() {
        budget.add(8 << 20);
        assertThat(outbound.hasRoom()).as("a little").isTrue();
        send();
        assertThat(outbound.hasRoom()).isFalse();
        assertThat(outbound.fitsItsShare()).isFalse();
        assertThat(outbound.taken()).isZero();
        budget.add(-(8 << 20));
        assertThat(outbound.fitsItsShare()).isTrue();
        untaken.remove().setSuccess();
        assertThat(outbound.taken()).isOne();
    }

    @Test
    void connectionThatHasEnded_holdsNothing_andWakesNobody() {
        List<String> woken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            send();
        }
        outbound.whenRoom("never", () -> woken.add("never"));
        outbound.close();
        assertThat(budget.held()).isZero();
        untaken.forEach(given -> given.setFailure(new IOException("closed")));
        assertThat(budget.held()).isZero();
        assertThat(woken).isEmpty();
    }
}

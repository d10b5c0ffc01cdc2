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
    private static final int WAITING = 10_000;
    private static final int MESSAGE = 100_000;
    private static final int COST = MESSAGE + 200;

    private final ServerBudget budget = new ServerBudget(8 << 20);
    private final AtomicLong counted = new AtomicLong();
    private final Outbound outbound = new Outbound(MOST, WAITING, budget, counted::get);
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
        outbound.whenRoom("first", 0, () -> woken.add("first"));
        outbound.whenRoom("second", 0, () -> woken.add("second"));
        assertThat(woken).isEmpty();

        untaken.remove().setSuccess();
        assertThat(woken).containsExactly("first", "second");
        assertThat(outbound.hasRoom()).isTrue();
        outbound.whenRoom("third", 0, () -> woken.add("third"));
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
            outbound.whenRoom(name, 0, () -> woken.add(name));
        }
        outbound.forget("w0");
        untaken.remove().setSuccess();
        assertThat(woken).hasSize(Outbound.AT_ONCE).doesNotContain("w0").startsWith("w1");
        channel.runScheduledPendingTasks();
        assertThat(woken).hasSize(2 * Outbound.AT_ONCE - 1);
    }

    @Test
    void streamsThatWait_areBoundedInBytes_andCountInTheBudget() {
        List<String> woken = new ArrayList<>();
        send();
        send();
        send();
        long sent = budget.held();
        assertThat(outbound.whenRoom("a", 6_000, () -> woken.add("a"))).isTrue();
        assertThat(outbound.whenRoom("b", 6_000, () -> woken.add("b")))
                .as("too much")
                .isFalse();
        assertThat(budget.held()).isEqualTo(sent + 6_000);
        outbound.forget("a");
        assertThat(budget.held()).isEqualTo(sent);
        assertThat(outbound.whenRoom("b", 6_000, () -> woken.add("b"))).isTrue();
        budget.add(8 << 20);
        assertThat(outbound.whenRoom("c", 1_000, () -> woken.add("c")))
                .as("all connections keep too much")
                .isFalse();
        budget.add(-(8 << 20));
        untaken.remove().setSuccess();
        assertThat(woken).containsExactly("b");
        outbound.close();
        assertThat(budget.held()).isZero();
    }

    @Test
    void oneThatFailsWhenItIsWoken_stopsNoOther() {
        List<String> woken = new ArrayList<>();
        send();
        send();
        send();
        outbound.whenRoom("broken", 0, () -> {
            throw new IllegalStateException("thrown on purpose");
        });
        outbound.whenRoom("well", 0, () -> woken.add("well"));
        untaken.remove().setSuccess();
        assertThat(woken).containsExactly("well");
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
        outbound.whenRoom("waited", 0, () -> woken.add("waited"));
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
        outbound.whenRoom("never", 0, () -> woken.add("never"));
        outbound.close();
        assertThat(budget.held()).isZero();
        untaken.forEach(given -> given.setFailure(new IOException("closed")));
        assertThat(budget.held()).isZero();
        assertThat(woken).isEmpty();
    }
}

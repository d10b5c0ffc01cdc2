package io.plexspaces.processgroups.core.asks;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Replies on their way to another node. */
class ReceiptsTest {
    private static final NodeMail.Address THERE = new NodeMail.Address(new NodeId("there"), 1);

    private final AtomicLong now = new AtomicLong();
    private final List<Letter.Reply> sent = new ArrayList<>();
    private boolean heard = true;

    private final Receipts receipts = new Receipts(
            new NodeMail() {
                @Override
                public Uni<Void> receive(Address own, Consumer<Letter> reader) {
                    return Uni.createFrom().voidItem();
                }

                @Override
                public Uni<Boolean> send(Address to, Letter letter) {
                    return Uni.createFrom().item(() -> {
                        sent.add((Letter.Reply) letter);
                        return heard;
                    });
                }
            },
            now::get);

    private final List<Letter.Outcome> outcomes = new ArrayList<>();
    private final List<ErrorCode> failures = new ArrayList<>();

    private void send() {
        receipts.send(
                        THERE,
                        number -> new Letter.Reply(
                                THERE, number, 1, 1, new ActorId("a"), CoreFixture.message("r", null, "")))
                .subscribe()
                .with(outcomes::add, failure -> failures.add(((GroupException) failure).code()));
    }

    @Test
    void receipt_answersItsReply_once() {
        send();
        send();
        Letter.Receipt second = new Letter.Receipt(sent.get(1).number(), Letter.Outcome.DUPLICATE);
        receipts.received(second);
        receipts.received(second);
        assertThat(outcomes).containsExactly(Letter.Outcome.DUPLICATE);
        receipts.received(new Letter.Receipt(sent.get(0).number(), Letter.Outcome.TAKEN));
        assertThat(outcomes).containsExactly(Letter.Outcome.DUPLICATE, Letter.Outcome.TAKEN);
        assertThat(receipts.size()).isZero();
    }

    @Test
    void replyWithoutAReceipt_orThatNobodyHeard_isNotKnownToHaveCome() {
        send();
        receipts.tick();
        assertThat(failures).isEmpty();
        now.addAndGet(Duration.ofSeconds(6).toNanos());
        receipts.tick();
        assertThat(failures).containsExactly(ErrorCode.STORE_UNAVAILABLE);
        heard = false;
        send();
        assertThat(failures).containsExactly(ErrorCode.STORE_UNAVAILABLE, ErrorCode.STORE_UNAVAILABLE);
        assertThat(receipts.size()).isZero();
    }

    @Test
    void repliesBeyondTheBound_areRefused() {
        for (int i = 0; i < 20_000; i++) {
            send();
        }
        assertThat(failures).isEmpty();
        send();
        assertThat(failures).containsExactly(ErrorCode.OVERLOADED);
        receipts.received(new Letter.Receipt(sent.get(0).number(), Letter.Outcome.TAKEN));
        send();
        assertThat(failures).hasSize(1);
        assertThat(receipts.size()).isEqualTo(20_000);
    }
}

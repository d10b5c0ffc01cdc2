package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Topic;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that ask, and letters from node to node. */
abstract class LetterContract extends LogFixture {
    private static final AtomicLong RUNS = new AtomicLong(System.nanoTime());
    private static final Asker ASKER = new Asker(new NodeId("asker"), Long.MAX_VALUE, 7, Duration.ofMillis(1_500));

    private final NodeMail mail;
    private final NodeMail.Address here = address("here:1");
    private final NodeMail.Address there = address("there");

    LetterContract(GroupLogContract contract) {
        super(contract);
        this.mail = contract.mail();
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    private static NodeMail.Address address(String node) {
        return new NodeMail.Address(new NodeId(node), RUNS.incrementAndGet());
    }

    private List<Letter> receive(NodeMail.Address own) {
        List<Letter> read = new CopyOnWriteArrayList<>();
        result(mail.receive(own, read::add));
        return read;
    }

    private Letter.Reply reply(long number, Message message) {
        return new Letter.Reply(there, number, 5, 11, new ActorId("a"), message);
    }

    @Test
    void asker_isReadWithTheMessage_whateverItsDispatch() {
        done(join(ALICE));
        Recorder reader = open(room);
        for (Dispatch dispatch : List.of(Dispatch.ALL, new Dispatch.OnNode(NODE), new Dispatch.AnyOf(List.of()))) {
            Command.Publish ask =
                    new Command.Publish(message("m", "", null), new Topic("a"), dispatch, false, ASKER, false);
            Appended asked = done(ask);
            Entry.Published entry = (Entry.Published) reader.upTo(asked).last();
            assertThat(entry.asker()).isEqualTo(ASKER);
            assertThat(entry.message()).isEqualTo(ask.message());
            assertThat(entry.topic()).isEqualTo(ask.topic());
        }
        assertThat(read(null).messages()).extracting(Entry.Published::asker).containsOnly(ASKER);
    }

    @Test
    void messageThatAsksNobody_hasNoAsker() {
        Recorder reader = open(room);
        Appended published = done(publish("m"));
        assertThat(((Entry.Published) reader.upTo(published).last()).asker()).isNull();
    }

    @Test
    void askAgain_isNoRepeat_andItsKeyStaysTheFirsts() {
        done(join(ALICE));
        Message message = message("m", "key", null);
        Dispatch one = new Dispatch.AnyOf(List.of());
        Appended first = done(new Command.Publish(message, null, one, false, ASKER, false));
        Appended again = done(new Command.Publish(message, null, one, false, ASKER, true));
        assertThat(again.repeated()).isFalse();
        assertThat(again.position().offset()).isEqualTo(first.position().offset() + 1);
        Appended repeat = done(new Command.Publish(message, null, one, false, ASKER, false));
        assertThat(repeat.repeated()).isTrue();
        assertThat(repeat.position()).isEqualTo(first.position());
    }

    @Test
    void letters_arriveAsTheyWereSent_inOrder() {
        List<Letter> read = receive(here);
        Message full = new Message(
                "id",
                new ActorId("a"),
                "type",
                Bytes.wrap(new byte[] {0, 1, -1}),
                Instant.parse("2030-01-01T00:00:00.000000001Z"),
                -3,
                Duration.ofMillis(7),
                Map.of("h", "ü"),
                "key",
                "/p",
                "GET");
        List<Letter> sent = new ArrayList<>();
        sent.add(reply(Long.MAX_VALUE, full));
        for (Letter.Outcome outcome : Letter.Outcome.values()) {
            sent.add(new Letter.Receipt(outcome.ordinal(), outcome));
        }
        for (Letter letter : sent) {
            assertThat(result(mail.send(here, letter))).isTrue();
        }
        await().untilAsserted(() -> assertThat(read).isEqualTo(sent));
    }

    @Test
    void manyLetters_sentAtOnce_allArrive() {
        List<Letter> read = receive(here);
        Message large = message("x".repeat(20_000), "", null);
        List<Uni<Boolean>> sending = IntStream.range(0, 200)
                .mapToObj(i -> mail.send(here, reply(i, large)))
                .toList();
        List<Boolean> heard = result(Uni.join().all(sending).andFailFast());
        assertThat(heard).hasSize(200).containsOnly(true);
        await().untilAsserted(() -> assertThat(read).hasSize(200));
        assertThat(read.stream().map(letter -> ((Letter.Reply) letter).number()).toList())
                .isEqualTo(IntStream.range(0, 200).mapToObj(i -> (long) i).toList());
    }

    @Test
    void letter_toARunThatDoesNotListen_isHeardByNobody() {
        List<Letter> read = receive(here);
        NodeMail.Address before = new NodeMail.Address(here.node(), here.run() + 1_000_000_000L);
        assertThat(result(mail.send(before, new Letter.Receipt(1, Letter.Outcome.TAKEN))))
                .isFalse();
        assertThat(result(mail.send(there, new Letter.Receipt(2, Letter.Outcome.TAKEN))))
                .isFalse();
        assertThat(result(mail.send(here, new Letter.Receipt(3, Letter.Outcome.TAKEN))))
                .isTrue();
        await().untilAsserted(() ->
                assertThat(read).isEqualTo(Collections.singletonList(new Letter.Receipt(3, Letter.Outcome.TAKEN))));
    }

    @Test
    void letters_beyondWhatMayWait_areRefused() {
        List<Letter> read = receive(here);
        Message large = message("x".repeat(1_000_000), "", null);
        List<Uni<Boolean>> sending = IntStream.range(0, 40)
                .mapToObj(i -> mail.send(here, reply(i, large)).onFailure().recoverWithItem(false))
                .toList();
        long heard = result(Uni.join().all(sending).andFailFast()).stream()
                .filter(one -> one)
                .count();
        assertThat(heard).isGreaterThan(7);
        await().untilAsserted(() -> assertThat(read).hasSize((int) heard));
    }
}

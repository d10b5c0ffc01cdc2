package io.plexspaces.processgroups.core.delivery;

import static io.plexspaces.processgroups.core.delivery.Messages.G;
import static io.plexspaces.processgroups.core.delivery.Messages.H;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One file, as all cases share one mailbox, in which ten messages of 100 bytes have room. */
class MailboxTest {
    private static final int BOUND = 1000;
    private static final int ITEM = 64;
    private static final int BYTES = 100 - ITEM;

    private final Observed observed = new Observed();
    private final ServerBudget budget = new ServerBudget(1 << 30);
    private final WireFormat<Object> format = new Format();
    private final Mailbox mailbox = new Mailbox(format, BOUND, 0, budget, observed);

    private final Connection connection = new Connection(
            new FakeSink(Runnable::run),
            new DeliveryLoop(Runnable::run, System::nanoTime, DeliveryObserver.NONE),
            BOUND,
            new ServerBudget(1 << 30),
            DeliveryObserver.NONE);
    private final Subscriber all = subscriber(G, OverflowPolicy.DISCONNECT);
    private final Subscriber newest = subscriber(G, OverflowPolicy.DROP_OLDEST);
    private final Subscriber latest = subscriber(G, OverflowPolicy.CONFLATE);

    private static final class Observed implements DeliveryObserver {
        final Map<OverflowPolicy, Long> dropped = new EnumMap<>(OverflowPolicy.class);
        int gaps;

        @Override
        public void delivered(long events) {}

        @Override
        public void dropped(OverflowPolicy policy, long messages) {
            dropped.merge(policy, messages, Long::sum);
        }

        @Override
        public void gap() {
            gaps++;
        }

        @Override
        public void cut(ErrorCode cause) {}
    }

    private static final class Format implements WireFormat<Object> {
        @Override
        public byte[] encode(Event event) {
            return Messages.encoded(event);
        }

        @Override
        public Object join(byte[][] parts, int count, int bytes) {
            throw new AssertionError();
        }

        @Override
        public void release(Object joined) {}
    }

    private Subscriber subscriber(GroupId group, OverflowPolicy policy) {
        return new Subscriber(connection, group, new ActorId("actor"), policy);
    }

    private boolean update(Subscriber subscriber, String actor, long offset) {
        return mailbox.offer(subscriber, Frame.of(Messages.updated(subscriber.group(), actor, offset)), false);
    }

    @Test
    void updatesOfOneMember_waitAsTheLastAlone_inItsPlace_andOthersStay() {
        Subscriber other = subscriber(H, OverflowPolicy.DISCONNECT);
        update(all, "ann", 1);
        update(all, "bob", 2);
        update(other, "ann", 3);
        mailbox.offer(all, Frame.of(Messages.left(G, 4)), false);
        update(all, "ann", 5);
        update(all, "ann", 6);
        assertThat(pollAll()).containsExactly("bob2", "ann3", "left4", "ann6");
        assertThat(observed.gaps).isZero();
        update(all, "ann", 7);
        assertThat(pollAll()).containsExactly("ann7");
        assertThat(budget.held()).isZero();
    }

    @Test
    void manyUpdatesOfFewMembers_doNotFillTheMailbox() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(update(all, "a" + i % 5, i)).isTrue();
        }
        assertThat(pollAll()).hasSize(5);
        assertThat(budget.held()).isZero();
    }

    private boolean offer(Subscriber subscriber, long offset) {
        return offer(subscriber, offset, null, BYTES);
    }

    private boolean offer(Subscriber subscriber, long offset, @Nullable String topic, int bytes) {
        return mailbox.offer(subscriber, Frame.of(Messages.message(subscriber.group(), offset, topic, bytes)), false);
    }

    private void offerAll(Subscriber subscriber, long from, long to) {
        for (long offset = from; offset <= to; offset++) {
            assertThat(offer(subscriber, offset)).as("offset %s", offset).isTrue();
        }
    }

    private void offerTopics(Subscriber subscriber, long from, String... topics) {
        for (int i = 0; i < topics.length; i++) {
            assertThat(offer(subscriber, from + i, topics[i], BYTES)).isTrue();
        }
    }

    private boolean answer(String name) {
        return mailbox.offer(null, Frame.control(format, Messages.answer(name, BYTES)), false);
    }

    private static Iterator<Frame> events(Event... events) {
        return Arrays.stream(events).map(Frame::of).iterator();
    }

    private @Nullable String poll() {
        Frame frame = mailbox.poll();
        return frame == null ? null : Messages.name(frame.encoded(format));
    }

    private List<String> pollAll() {
        List<String> polled = new ArrayList<>();
        for (String name = poll(); name != null; name = poll()) {
            polled.add(name);
        }
        return polled;
    }

    private static List<String> names(String group, int from, int to) {
        List<String> names = new ArrayList<>();
        for (int offset = from; offset <= to; offset++) {
            names.add(group + offset);
        }
        return names;
    }

    // The bound.

    @Test
    void offer_upToTheBound_isTakenAndOneMoreIsNot() {
        offerAll(all, 1, 10);
        assertThat(budget.held()).isEqualTo(BOUND);
        assertThat(offer(all, 11)).isFalse();
        assertThat(pollAll()).isEqualTo(names("g", 1, 10));
    }

    @Test
    void offer_oneByteTooMany_isRefused() {
        offerAll(all, 1, 9);
        assertThat(offer(all, 10, null, BYTES + 1)).isFalse();
        assertThat(offer(all, 10, null, BYTES)).isTrue();
    }

    @Test
    void offer_afterPoll_hasRoomAgain() {
        offerAll(all, 1, 10);
        assertThat(poll()).isEqualTo("g1");
        assertThat(offer(all, 11)).isTrue();
        assertThat(offer(all, 12)).isFalse();
        assertThat(pollAll()).isEqualTo(names("g", 2, 11));
    }

    @Test
    void offer_beyondTheBound_isTakenOnlyWhereNoFrameWaits() {
        for (int round = 1; round <= 2; round++) {
            assertThat(offer(all, round, null, 5 * BOUND)).isTrue();
            assertThat(offer(all, 9)).isFalse();
            assertThat(pollAll()).containsExactly("g" + round);
        }
        assertThat(offer(all, 3)).isTrue();
        assertThat(offer(all, 4, null, BOUND)).isFalse();
    }

    @Test
    void offer_beyondTheBoundBehindSourcesAlone_isTaken() {
        mailbox.offer(Source.of(events(Messages.left(G, 1)), 0));
        mailbox.offer(Source.of(events(Messages.left(G, 2)), 0));
        assertThat(offer(all, 3, null, 5 * BOUND)).isTrue();
        assertThat(offer(all, 4)).isFalse();
        assertThat(pollAll()).containsExactly("left1", "left2", "g3");
    }

    @Test
    void offer_whileTheFirstSourceIsAwaited_hasFourTimesTheRoom() {
        Source source = Source.awaited();
        mailbox.offer(source);
        assertThat(mailbox.isHeldUp()).isTrue();
        offerAll(all, 1, 39);
        assertThat(offer(all, 40)).isFalse();

        source.supply(events(Messages.left(G, 0)), null);
        assertThat(mailbox.isHeldUp()).isFalse();
        assertThat(poll()).isEqualTo("left0");
        for (int offset = 1; offset <= 30; offset++) {
            assertThat(offer(all, 40)).isFalse();
            assertThat(poll()).isEqualTo("g" + offset);
        }
        assertThat(offer(all, 40)).isTrue();
    }

    @Test
    void offer_whileALaterSourceIsAwaited_hasNoMoreRoomThanOtherwise() {
        offerAll(all, 1, 1);
        mailbox.offer(Source.awaited());
        assertThat(mailbox.isHeldUp()).isFalse();
        offerAll(all, 2, 9);
        assertThat(offer(all, 10)).isFalse();
    }

    @Test
    void frameThatWaitsForSeveral_isHeldOnce_untilTheLastHasTakenIt() {
        Mailbox other = new Mailbox(format, BOUND, 0, budget, observed);
        Mailbox third = new Mailbox(format, BOUND, 0, budget, observed);
        Frame frame = Frame.of(Messages.message(G, 1, null, BYTES));
        for (Mailbox each : List.of(mailbox, other, third)) {
            assertThat(each.offer(all, frame, false)).isTrue();
        }
        assertThat(budget.held()).isEqualTo(BYTES + 3 * ITEM);
        assertThat(mailbox.poll()).isSameAs(frame);
        third.clear();
        assertThat(budget.held()).isEqualTo(BYTES + ITEM);
        assertThat(other.poll()).isSameAs(frame);
        assertThat(budget.held()).isZero();

        assertThat(other.offer(all, frame, false)).isTrue();
        assertThat(budget.held()).as("waiting again").isEqualTo(BYTES + ITEM);
    }

    @Test
    void clear_whateverWaits_leavesNothing() {
        offerAll(newest, 1, 12);
        mailbox.offer(Source.of(events(Messages.left(G, 1)), 10));
        assertThat(mailbox.messages()).isEqualTo(10);
        mailbox.clear();

        assertThat(mailbox.isEmpty()).isTrue();
        assertThat(mailbox.messages()).isZero();
        assertThat(mailbox.poll()).isNull();
        assertThat(budget.held()).isZero();
    }

    // Order, and sources.

    @Test
    void poll_framesAndSources_comeInTheOrderTheyWerePutIn() {
        offerAll(all, 1, 2);
        mailbox.offer(Source.of(events(Messages.left(G, 3), Messages.left(G, 4)), 0));
        answer("answer");
        mailbox.offer(Source.of(Collections.emptyIterator(), 0));
        offerAll(all, 5, 5);

        assertThat(mailbox.messages()).isEqualTo(3);
        assertThat(pollAll()).containsExactly("g1", "g2", "left3", "left4", "answer", "g5");
        assertThat(mailbox.isEmpty()).isTrue();
        assertThat(budget.held()).isZero();
    }

    @Test
    void poll_source_makesOneEventAtATime() {
        int[] made = {0};
        Iterator<Frame> events = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return made[0] < 2;
            }

            @Override
            public Frame next() {
                return Frame.of(Messages.left(G, ++made[0]));
            }
        };
        mailbox.offer(Source.of(events, 0));
        assertThat(made[0]).isZero();
        assertThat(poll()).isEqualTo("left1");
        assertThat(made[0]).isEqualTo(1);
        assertThat(poll()).isEqualTo("left2");
        assertThat(mailbox.isEmpty()).isFalse();
        assertThat(poll()).isNull();
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void poll_awaitedSource_holdsBackWhatIsBehindIt() {
        offerAll(all, 1, 1);
        Source source = Source.awaited();
        mailbox.offer(source);
        offerAll(all, 3, 3);
        assertThat(pollAll()).containsExactly("g1");
        assertThat(mailbox.isEmpty()).isFalse();

        source.supply(events(Messages.message(G, 2, null, BYTES)), null);
        assertThat(pollAll()).containsExactly("g2", "g3");
    }

    @Test
    void poll_sourceOfPages_asksForTheNextWhenOneIsTaken_andHoldsNothingMeanwhile() {
        List<String> asked = new ArrayList<>();
        Source source = Source.awaited();
        mailbox.offer(source);
        source.supply(events(Messages.left(G, 1)), () -> asked.add("next"));
        mailbox.supplied(source, 500);
        offerAll(all, 2, 2);
        assertThat(poll()).isEqualTo("left1");
        assertThat(asked).isEmpty();
        assertThat(poll()).as("what is behind waits").isNull();
        assertThat(asked).containsExactly("next");
        assertThat(mailbox.isHeldUp()).isTrue();
        assertThat(budget.held()).isEqualTo(ITEM + 100);

        source.supply(events(Messages.left(G, 3)), null);
        mailbox.supplied(source, 400);
        assertThat(pollAll()).containsExactly("left3", "g2");
        assertThat(budget.held()).isZero();
    }

    @Test
    void isOverweight_oneSource_neverIs() {
        Source source = Source.of(events(Messages.left(G, 1)), 100 * BOUND);
        mailbox.offer(source);
        assertThat(mailbox.isOverweight()).isFalse();
        mailbox.supplied(source, 100 * BOUND);
        assertThat(mailbox.isOverweight()).isFalse();
    }

    @Test
    void isOverweight_severalSources_areBoundedAndFreeTheirWeightAtTheirEnd() {
        mailbox.offer(Source.of(events(Messages.left(G, 1)), 500));
        Source awaited = Source.awaited();
        mailbox.offer(awaited);
        awaited.supply(events(Messages.left(G, 2)), null);
        mailbox.supplied(awaited, 500 - 2 * ITEM);
        assertThat(mailbox.isOverweight()).isFalse();
        mailbox.supplied(awaited, 1);
        assertThat(mailbox.isOverweight()).isTrue();

        assertThat(poll()).isEqualTo("left1");
        assertThat(mailbox.isOverweight()).isTrue();
        assertThat(poll()).isEqualTo("left2");
        mailbox.offer(Source.of(events(Messages.left(G, 3)), 400));
        assertThat(mailbox.isOverweight()).isFalse();
    }

    @Test
    void weighs_sourceThatIsPutInLater_countsOnce() {
        Source early = Source.awaited();
        early.supply(events(Messages.left(G, 1)), null);
        mailbox.supplied(early, 500);
        mailbox.offer(early);
        mailbox.offer(Source.of(events(Messages.left(G, 2)), 500 - 2 * ITEM));
        assertThat(mailbox.isOverweight()).isFalse();
        mailbox.offer(Source.of(events(Messages.left(G, 3)), 0));
        assertThat(mailbox.isOverweight()).isTrue();
    }

    // DISCONNECT.

    @Test
    void disconnect_full_refusesAndDropsNothing() {
        offerAll(all, 1, 10);
        assertThat(offer(all, 11)).isFalse();
        assertThat(mailbox.offer(all, Frame.of(Messages.left(G, 12)), false)).isFalse();
        assertThat(answer("answer")).isFalse();
        assertThat(offer(subscriber(H, OverflowPolicy.DROP_OLDEST), 1)).isFalse();

        assertThat(pollAll()).isEqualTo(names("g", 1, 10));
        assertThat(observed.dropped).isEmpty();
        assertThat(observed.gaps).isZero();
    }

    // DROP_OLDEST.

    @Test
    void dropOldest_full_hasAGapInPlaceOfTheOldest() {
        offerAll(newest, 1, 12);
        assertThat(budget.held()).isEqualTo(BOUND);
        assertThat(observed.dropped).containsExactly(Map.entry(OverflowPolicy.DROP_OLDEST, 2L));

        assertThat(poll()).isEqualTo("g:2(0-3)");
        assertThat(observed.gaps).isEqualTo(1);
        assertThat(pollAll()).isEqualTo(names("g", 3, 12));
        assertThat(observed.gaps).isEqualTo(1);
        assertThat(budget.held()).isZero();
    }

    @Test
    void dropOldest_longMessage_dropsAsManyAsItNeeds() {
        offerAll(newest, 1, 10);
        assertThat(offer(newest, 11, null, BYTES + 201)).isTrue();
        assertThat(pollAll()).containsExactly("g:4(0-5)", "g5", "g6", "g7", "g8", "g9", "g10", "g11");
    }

    @Test
    void dropOldest_offsetsWithHoles_countsItsOwnMessagesOnly() {
        for (long offset = 10; offset <= 120; offset += 10) {
            assertThat(offer(newest, offset)).isTrue();
        }
        assertThat(poll()).isEqualTo("g:2(9-21)");
    }

    @Test
    void dropOldest_gapNotYetTold_growsWithTheNext() {
        offerAll(newest, 1, 12);
        offerAll(newest, 13, 15);
        assertThat(poll()).isEqualTo("g:5(0-6)");
        assertThat(pollAll()).isEqualTo(names("g", 6, 15));
    }

    @Test
    void dropOldest_gapToldBefore_nextGapHasTheRest() {
        offerAll(newest, 1, 12);
        assertThat(poll()).isEqualTo("g:2(0-3)");
        offerAll(newest, 13, 15);
        assertThat(pollAll().subList(0, 2)).containsExactly("g:3(2-6)", "g6");
    }

    @Test
    void dropOldest_full_dropsMessagesOnly() {
        answer("answer");
        assertThat(mailbox.offer(newest, Frame.of(Messages.left(G, 1)), false)).isTrue();
        Source source = Source.of(events(Messages.left(G, 2)), 0);
        mailbox.offer(source);
        offerAll(newest, 3, 14);

        List<String> polled = pollAll();
        assertThat(polled.subList(0, 5)).containsExactly("answer", "g:5(2-8)", "left1", "left2", "g8");
        assertThat(polled.subList(4, polled.size())).isEqualTo(names("g", 8, 14));
    }

    @Test
    void dropOldest_full_makesRoomForAnswers() {
        offerAll(newest, 1, 10);
        assertThat(answer("answer")).isTrue();
        assertThat(mailbox.offer(newest, Frame.of(Messages.left(G, 11)), false)).isTrue();
        List<String> polled = pollAll();
        assertThat(polled.get(0)).isEqualTo("g:2(0-3)");
        assertThat(polled.subList(8, 11)).containsExactly("g10", "answer", "left11");
    }

    @Test
    void answers_fullOfAnswers_areRefusedWhateverThePolicy() {
        for (int i = 0; i < 10; i++) {
            assertThat(answer("answer")).isTrue();
        }
        assertThat(answer("answer")).isFalse();
        assertThat(mailbox.offer(newest, Frame.of(Messages.left(G, 1)), false)).isFalse();
        assertThat(offer(newest, 2)).isFalse();
        assertThat(offer(latest, 3)).isFalse();
        assertThat(observed.dropped).isEmpty();
    }

    @Test
    void dropOldest_severalSubscribers_haveAGapEachBeforeTheirNext() {
        Subscriber other = subscriber(H, OverflowPolicy.DROP_OLDEST);
        for (int offset = 1; offset <= 5; offset++) {
            offerAll(newest, offset, offset);
            offerAll(other, 10 + offset, 10 + offset);
        }
        offerAll(newest, 6, 8);
        assertThat(pollAll())
                .containsExactly(
                        "h:1(10-12)", "h12", "g:2(0-3)", "g3", "h13", "g4", "h14", "g5", "h15", "g6", "g7", "g8");
        assertThat(observed.gaps).isEqualTo(2);
    }

    @Test
    void dropOldest_nothingLeftOfASubscriber_gapIsToldAtTheEnd() {
        Subscriber other = subscriber(H, OverflowPolicy.DROP_OLDEST);
        offerAll(other, 1, 2);
        offerAll(newest, 1, 10);
        for (int offset = 1; offset <= 10; offset++) {
            assertThat(poll()).isEqualTo("g" + offset);
        }
        assertThat(mailbox.isEmpty()).isFalse();
        assertThat(poll()).isEqualTo("h:2(0-3)");
        assertThat(mailbox.isEmpty()).isTrue();
        assertThat(poll()).isNull();
    }

    @Test
    void dropOldest_nothingLeftOfASubscriber_gapComesBeforeItsNextMessage() {
        Subscriber other = subscriber(H, OverflowPolicy.DROP_OLDEST);
        offerAll(other, 1, 2);
        offerAll(newest, 1, 10);
        assertThat(poll()).isEqualTo("g1");
        offerAll(other, 3, 3);
        assertThat(pollAll()).endsWith("g10", "h:2(0-3)", "h3");
    }

    @Test
    void poll_gapThatASourceMakes_isObservedToo() {
        Event.Gap gap = new Event.Gap(G, Event.Gap.Reason.TRIMMED, 7, true, 0, 8);
        mailbox.offer(Source.of(events(gap, Messages.left(G, 1)), 0));
        assertThat(pollAll()).containsExactly("g:7(0-8)", "left1");
        assertThat(observed.gaps).isEqualTo(1);
    }

    // CONFLATE.

    @Test
    void conflate_thatHasRoom_keepsEverything() {
        offerTopics(latest, 1, "a", "a", "a", "a", "a", "a", "a", "a", "a", "a");
        assertThat(pollAll()).isEqualTo(names("g", 1, 10));
        assertThat(observed.dropped).isEmpty();
    }

    @Test
    void conflate_full_keepsTheNewestOfEachTopicInOrder() {
        offerTopics(latest, 1, "a", "b", "a", "c", "b", "a", "a", "b", "a", "a", "d");
        assertThat(observed.dropped).containsExactly(Map.entry(OverflowPolicy.CONFLATE, 7L));
        assertThat(mailbox.messages()).isEqualTo(4);
        assertThat(pollAll()).containsExactly("g:7(0-10)", "g4", "g8", "g10", "g11");
        assertThat(budget.held()).isZero();
    }

    @Test
    void conflate_sinceItWasFull_replacesThoughThereIsRoom() {
        offerTopics(latest, 1, "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "b");
        assertThat(mailbox.messages()).isEqualTo(2);
        offerTopics(latest, 12, "b", "a", "c");
        assertThat(pollAll()).containsExactly("g:11(0-12)", "g12", "g13", "g14");
    }

    @Test
    void conflate_onceItWasEmpty_keepsEverythingAgain() {
        offerTopics(latest, 1, "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "b");
        assertThat(pollAll()).containsExactly("g:9(0-10)", "g10", "g11");
        offerTopics(latest, 12, "a", "a", "a");
        assertThat(pollAll()).containsExactly("g12", "g13", "g14");
    }

    @Test
    void conflate_newestWasTaken_hasNothingToReplace() {
        offerTopics(latest, 1, "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "b");
        assertThat(poll()).isEqualTo("g:9(0-10)");
        assertThat(poll()).isEqualTo("g10");
        offerTopics(latest, 12, "a");
        assertThat(pollAll()).containsExactly("g11", "g12");
    }

    @Test
    void conflate_noTopic_isATopicOfItsOwn() {
        offerTopics(latest, 1, null, "a", null, "a", null, "a", null, "a", null, "a", "b");
        assertThat(pollAll()).containsExactly("g:8(0-9)", "g9", "g10", "g11");
    }

    @Test
    void conflate_sameTopicInAnotherGroup_isAnotherTopic() {
        Subscriber other = subscriber(H, OverflowPolicy.CONFLATE);
        offerTopics(other, 1, "a", "a");
        offerTopics(latest, 1, "a", "a", "a", "a", "a", "a", "a", "a", "b");
        assertThat(pollAll()).containsExactly("h:1(0-2)", "h2", "g:7(0-8)", "g8", "g9");
    }

    @Test
    void conflate_beforeAnythingElse_sparesTheOldestOfOthers() {
        offerAll(newest, 1, 5);
        Subscriber other = subscriber(H, OverflowPolicy.CONFLATE);
        offerTopics(other, 1, "a", "a", "a", "a", "a");
        offerAll(newest, 6, 9);
        assertThat(observed.dropped).containsExactly(Map.entry(OverflowPolicy.CONFLATE, 4L));
        assertThat(pollAll()).containsExactly("g1", "g2", "g3", "g4", "g5", "h:4(0-5)", "h5", "g6", "g7", "g8", "g9");
    }

    @Test
    void conflate_tooManyTopics_dropsTheOldest() {
        offerTopics(latest, 1, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
        assertThat(budget.held()).isEqualTo(BOUND);
        assertThat(pollAll().subList(0, 2)).containsExactly("g:2(0-3)", "g3");
    }

    @Test
    void conflate_gapToldBefore_nextGapHasTheRest() {
        offerTopics(latest, 1, "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "b");
        assertThat(poll()).isEqualTo("g:9(0-10)");
        offerTopics(latest, 12, "a", "b", "b");
        assertThat(pollAll()).containsExactly("g:3(9-14)", "g12", "g14");
    }

    @Test
    void dropOldest_messageBeyondTheBound_replacesWhatWaits() {
        offerAll(newest, 1, 2);
        assertThat(offer(newest, 3, null, BOUND)).isTrue();
        assertThat(pollAll()).containsExactly("g:2(0-3)", "g3");
    }

    @Test
    void conflate_messageThatFindsItFull_replacesTheOneOfItsTopicToo() {
        offerTopics(latest, 1, "a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "b");
        assertThat(pollAll()).containsExactly("g:9(0-11)", "g9", "g11");
    }

    @Test
    void conflate_messageThatFindsItFull_olderOneOfItsTopicStaysForGood() {
        offerTopics(latest, 1, "a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "b", "b", "b");
        assertThat(pollAll().stream().filter(n -> n.equals("g10"))).isEmpty();
    }
}

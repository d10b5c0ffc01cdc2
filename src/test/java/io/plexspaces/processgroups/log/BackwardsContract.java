package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages that are kept, read from the newest to the oldest. */
abstract class BackwardsContract extends LogFixture {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration AGE = Duration.ofMillis(500);

    BackwardsContract(GroupLogContract contract) {
        super(contract);
    }

    private Slice back(@Nullable Position before, int limit) {
        return result(log().readBack(room, before, limit));
    }

    private Slice back(@Nullable Position before) {
        return back(before, 1_000);
    }

    private void publishMany(int from, int to) {
        for (int i = from; i <= to; i++) {
            done(publish("m" + i));
        }
    }

    @Test
    void newestFirst_fromTheEndOrFromAPosition() {
        String epoch = create(room).position().epoch();
        publishMany(1, 5);
        Slice all = back(null);
        assertThat(texts(all)).containsExactly("m5", "m4", "m3", "m2", "m1");
        assertThat(all)
                .usingRecursiveComparison()
                .ignoringFields("messages")
                .isEqualTo(new Slice(List.of(), 0, true, false, new Position(epoch, 2), false));
        assertThat(texts(back(new Position(epoch, 7)))).containsExactly("m5", "m4", "m3", "m2", "m1");
        assertThat(texts(back(new Position(epoch, 4)))).containsExactly("m2", "m1");
        for (long none = 0; none <= 2; none++) {
            Slice slice = back(new Position(epoch, none));
            assertThat(slice.messages()).isEmpty();
            assertThat(slice.missed()).isZero();
            assertThat(slice.more()).isFalse();
            assertThat(slice.end()).isEqualTo(new Position(epoch, none));
        }
    }

    @Test
    void groupWithoutMessages_andNoGroup() {
        assertThat(failure(log().readBack(room, null, 1))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        String epoch = create(room).position().epoch();
        done(join(ALICE));
        Slice slice = back(null);
        assertThat(slice).isEqualTo(new Slice(List.of(), 0, true, false, new Position(epoch, 3), false));
        result(deleting(room));
        assertThat(failure(log().readBack(room, slice.end(), 1))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
    }

    @Test
    void pages_areStable_whileOthersPublishAndRetentionGoesOn() {
        String epoch = create(room, new Retention(8, HOUR)).position().epoch();
        publishMany(1, 10);
        List<String> found = new ArrayList<>();
        Slice page = back(null, 3);
        found.addAll(texts(page));
        assertThat(page.more()).isTrue();
        assertThat(page.missed()).isZero();
        publishMany(11, 13);
        page = back(page.end(), 2);
        found.addAll(texts(page));
        assertThat(found).containsExactly("m10", "m9", "m8", "m7", "m6");
        assertThat(page.more()).as("none is older").isFalse();
        assertThat(page.missed()).as("m1 to m5").isEqualTo(5);
        assertThat(page.exact()).isTrue();
        publishMany(14, 20);
        Slice beyond = back(page.end(), 2);
        assertThat(beyond.messages()).isEmpty();
        assertThat(beyond.more()).isFalse();
        assertThat(beyond.missed()).as("those before the position alone").isEqualTo(5);
        assertThat(beyond.end()).isEqualTo(page.end());
        assertThat(back(new Position(epoch, 9), 5).missed()).isEqualTo(7);
    }

    @Test
    void pages_holdSoManyBytes_andSkipNone() {
        create(room, new Retention(1_000, HOUR));
        String large = "x".repeat(4_000);
        for (int i = 0; i < 15; i++) {
            done(publish(i + large));
        }
        List<Long> found = new ArrayList<>();
        Position before = null;
        boolean more = true;
        int pages = 0;
        while (more) {
            Slice slice = back(before, 4);
            assertThat(slice.messages()).hasSizeBetween(1, 4);
            slice.messages().forEach(message -> found.add(message.ordinal()));
            before = slice.end();
            more = slice.more();
            pages++;
        }
        assertThat(pages).isEqualTo(4);
        assertThat(found)
                .containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(1, 15)
                        .map(i -> 16 - i)
                        .boxed()
                        .toList());
    }

    @Test
    void missed_countsMessagesAloneWhateverStandsBetween() {
        String epoch = create(room, new Retention(5, HOUR)).position().epoch();
        Random random = new Random(42);
        List<Long> messages = new ArrayList<>();
        long end = 1;
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(3) > 0) {
                end = done(publish("x")).position().offset();
                messages.add(end);
            } else {
                end = done(join(ALICE)).position().offset();
            }
        }
        long firstRetained = messages.get(messages.size() - 5);
        for (long before = 0; before <= end + 1; before++) {
            long asked = before;
            long older = messages.stream().filter(offset -> offset < asked).count();
            long kept = messages.stream()
                    .filter(offset -> offset < asked && offset >= firstRetained)
                    .count();
            Slice slice = back(new Position(epoch, asked));
            assertThat(slice.messages()).hasSize((int) kept);
            assertThat(slice.exact()).isTrue();
            assertThat(slice.missed()).as("before %d", asked).isEqualTo(older - kept);
        }
    }

    @Test
    void missed_farBehindManyMembershipChanges_isAtLeastTheTruth() {
        String epoch = create(room, new Retention(1, HOUR)).position().epoch();
        List<Long> messages = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < 1_500; i++) {
            messages.add(done(publish("x")).position().offset());
            end = done(join(ALICE)).position().offset();
        }
        for (long before = 0; before <= end; before += 97) {
            long asked = before;
            long gone = messages.stream().filter(offset -> offset < asked).count();
            Slice slice = back(new Position(epoch, asked));
            assertThat(slice.missed()).as("before %d", asked).isGreaterThanOrEqualTo(gone);
            if (slice.exact()) {
                assertThat(slice.missed()).isEqualTo(gone);
            }
        }
        assertThat(back(null).missed()).isEqualTo(1_499);
        assertThat(back(null).exact()).isTrue();
    }

    @Test
    void positionOfAnotherLife_orBeyondTheEnd_startsAtTheNewest() {
        String old = create(room).position().epoch();
        publishMany(1, 3);
        result(deleting(room));
        String epoch = create(room).position().epoch();
        assertThat(back(new Position(old, 2)).epochChanged()).isTrue();
        publishMany(1, 2);
        for (Position strange : List.of(new Position(old, 2), new Position(epoch, 5), new Position("", 0))) {
            Slice slice = back(strange, 1);
            assertThat(slice.epochChanged()).isTrue();
            assertThat(texts(slice)).containsExactly("m2");
            assertThat(slice.end()).isEqualTo(new Position(epoch, 3));
        }
        assertThat(back(new Position(epoch, 4)).epochChanged()).isFalse();
    }

    @Test
    void tooOld_orExpiredByTheirTtl_areLeftOut() {
        create(room, new Retention(100, AGE));
        publishMany(1, 3);
        advance(AGE);
        Slice aged = back(null);
        assertThat(aged.messages()).isEmpty();
        assertThat(aged.more()).isFalse();
        assertThat(aged.missed()).isEqualTo(3);
        assertThat(aged.exact()).isTrue();

        result(deleting(room));
        create(room);
        done(publish("one"));
        done(publish(message("two", "", AGE)));
        done(publish("three"));
        advance(AGE.plusMillis(1));
        assertThat(texts(back(null))).containsExactly("three", "one");
        assertThat(back(null).missed()).isZero();
    }
}

package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages that are kept, and how many are not. */
abstract class RetentionContract extends LogFixture {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration AGE = Duration.ofMillis(500);

    RetentionContract(GroupLogContract contract) {
        super(contract);
    }

    private Position publishMany(String epoch, int count) {
        Position last = new Position(epoch, 1);
        for (int i = 1; i <= count; i++) {
            last = done(publish("m" + i)).position();
        }
        return last;
    }

    @Test
    void read_givesMessagesAfterAPositionInOrder() {
        String epoch = create(room).position().epoch();
        Position end = publishMany(epoch, 5);
        Slice all = read(null);
        assertThat(texts(all)).containsExactly("m1", "m2", "m3", "m4", "m5");
        assertThat(all)
                .usingRecursiveComparison()
                .ignoringFields("messages")
                .isEqualTo(new Slice(List.of(), 0, true, false, end, false));
        assertThat(texts(read(new Position(epoch, 4)))).containsExactly("m4", "m5");
        assertThat(texts(read(end))).isEmpty();
        assertThat(read(end).end()).isEqualTo(end);
    }

    @Test
    void read_pagesByLimit() {
        String epoch = create(room).position().epoch();
        publishMany(epoch, 5);
        done(join(ALICE));
        List<String> found = new ArrayList<>();
        Position after = new Position(epoch, 0);
        boolean more = true;
        int pages = 0;
        while (more) {
            Slice slice = result(log().read(room, after, 2));
            assertThat(slice.messages()).hasSizeLessThanOrEqualTo(2);
            found.addAll(texts(slice));
            after = slice.end();
            more = slice.more();
            pages++;
        }
        assertThat(found).containsExactly("m1", "m2", "m3", "m4", "m5");
        assertThat(pages).isEqualTo(3);
        assertThat(after.offset()).isEqualTo(7);
    }

    @Test
    void byCount_theLastOnesStay() {
        String epoch = create(room, new Retention(3, HOUR)).position().epoch();
        Position end = publishMany(epoch, 10);
        assertThat(texts(read(null))).containsExactly("m8", "m9", "m10");
        assertThat(read(null).missed()).isZero();
        Slice fromStart = read(new Position(epoch, 0));
        assertThat(fromStart.missed()).isEqualTo(7);
        assertThat(fromStart.exact()).isTrue();
        assertThat(texts(fromStart)).containsExactly("m8", "m9", "m10");
        assertThat(read(new Position(epoch, end.offset() - 3)).missed()).isZero();
        assertThat(read(new Position(epoch, end.offset() - 4)).missed()).isEqualTo(1);
    }

    @Test
    void byAge_theOldOnesGo() {
        String epoch = create(room, new Retention(100, AGE)).position().epoch();
        publishMany(epoch, 3);
        advance(AGE);
        Slice aged = read(new Position(epoch, 2));
        assertThat(aged.messages()).isEmpty();
        assertThat(aged.missed()).isEqualTo(2);
        done(publish("new"));
        result(log().expire(operation()));
        assertThat(texts(read(null))).containsExactly("new");
        assertThat(read(new Position(epoch, 1)).missed()).isEqualTo(3);
    }

    @Test
    void none_keepsNoneAndCounts() {
        for (Retention none : List.of(new Retention(0, HOUR), new Retention(10, Duration.ZERO))) {
            String epoch = create(room, none).position().epoch();
            done(join(ALICE));
            Position end = publishMany(epoch, 3);
            Slice slice = read(new Position(epoch, 0));
            assertThat(slice.messages()).isEmpty();
            assertThat(slice.missed()).isEqualTo(3);
            assertThat(slice.exact()).isTrue();
            assertThat(slice.end()).isEqualTo(end);
            assertThat(read(end).missed()).isZero();
            result(deleting(room));
        }
    }

    @Test
    void byBytes_olderOnesGoHoweverManyRetentionKeeps() {
        String epoch = create(room, new Retention(1_000, HOUR)).position().epoch();
        String large = "x".repeat(10_000);
        for (int i = 0; i < 20; i++) {
            result(append(room, publish(large)));
        }
        long most = GroupLogContract.LIMITS.retainedBytes();
        Slice slice = read(new Position(epoch, 0));
        assertThat(slice.messages().stream()
                        .mapToLong(m -> m.message().weight())
                        .sum())
                .isBetween(most - 20_000, most);
        assertThat(slice.messages().size() + slice.missed()).isEqualTo(20);
        assertThat(slice.messages().get(slice.messages().size() - 1).ordinal()).isEqualTo(20);
        done(publish("x".repeat((int) most)));
        assertThat(read(new Position(epoch, 0)).missed()).isEqualTo(21);
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
        for (long after = 0; after <= end; after++) {
            long asked = after;
            long behind = messages.stream().filter(offset -> offset > asked).count();
            Slice slice = read(new Position(epoch, asked));
            assertThat(slice.messages()).hasSize((int) Math.min(5, behind));
            assertThat(slice.exact()).isTrue();
            assertThat(slice.missed()).as("after %d", asked).isEqualTo(Math.max(0, behind - 5));
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
        for (long after = 0; after <= end; after += 97) {
            long asked = after;
            long gone = messages.stream().filter(offset -> offset > asked).count() - 1;
            Slice slice = read(new Position(epoch, asked));
            assertThat(slice.missed()).isGreaterThanOrEqualTo(gone);
            if (slice.exact()) {
                assertThat(slice.missed()).isEqualTo(gone);
            }
        }
        assertThat(read(new Position(epoch, end - 1_000)).exact()).isTrue();
    }

    @Test
    void positionOfAnotherLife_orBeyondTheEnd_startsOver() {
        String old = create(room).position().epoch();
        publishMany(old, 3);
        result(deleting(room));
        String epoch = create(room).position().epoch();
        assertThat(read(new Position(old, 2)).epochChanged()).isTrue();
        publishMany(epoch, 2);
        for (Position strange : List.of(new Position(old, 2), new Position(epoch, 4), new Position("", 0))) {
            Slice slice = read(strange);
            assertThat(slice.epochChanged()).isTrue();
            assertThat(slice.missed()).isZero();
            assertThat(texts(slice)).containsExactly("m1", "m2");
        }
        assertThat(read(new Position(epoch, 3)).epochChanged()).isFalse();
    }

    @Test
    void expiredByItsTtl_isLeftOutAndNotMissed() {
        String epoch = create(room).position().epoch();
        done(publish("one"));
        Appended shortLived = done(publish(message("two", "", AGE)));
        done(publish("three"));
        assertThat(texts(read(null))).containsExactly("one", "two", "three");
        advance(AGE.plusMillis(1));
        Slice slice = read(new Position(epoch, 0));
        assertThat(texts(slice)).containsExactly("one", "three");
        assertThat(slice.missed()).isZero();
        assertThat(shortLived.position().offset()).isEqualTo(3);
    }
}

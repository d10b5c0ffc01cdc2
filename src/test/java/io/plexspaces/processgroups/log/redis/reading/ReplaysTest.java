package io.plexspaces.processgroups.log.redis.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Slice;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What many ask for at once is read once, by parts; and each gets what it asked for. */
class ReplaysTest {
    private static final GroupId ROOM = GroupId.of("t", "", "room");
    private static final int PAGE = 10;

    private final FakePages pages = new FakePages();
    private final Replays replays = new Replays(pages);

    /**
     * A group of 100 messages at the offsets 2 to 101, of which the oldest may be gone; answers when the test asks it
     * to.
     */
    private static final class FakePages implements Replays.Pages {
        final Queue<Runnable> asked = new ArrayDeque<>();
        int reads;
        long oldest = 2;
        String epoch = "e";

        @Override
        public Future<Slice> read(GroupId group, @Nullable Position after, int limit) {
            reads++;
            Promise<Slice> answer = Promise.promise();
            asked.add(() -> answer.complete(page(after, limit)));
            return answer.future();
        }

        @Override
        public Future<Slice> back(GroupId group, @Nullable Position before, int limit) {
            reads++;
            Promise<Slice> answer = Promise.promise();
            asked.add(() -> answer.complete(pageBack(before, limit)));
            return answer.future();
        }

        private Slice pageBack(@Nullable Position before, int limit) {
            boolean changed = before != null && !before.epoch().equals(epoch);
            long from = before == null || changed ? 101 : Math.min(101, before.offset() - 1);
            long to = Math.max(oldest, from - Math.min(limit, PAGE) + 1);
            List<Entry.Published> messages = LongStream.rangeClosed(to, from)
                    .map(offset -> from + to - offset)
                    .mapToObj(FakePages::message)
                    .toList();
            boolean more = to > oldest;
            long missed = more ? 0 : oldest - 2;
            return new Slice(messages, missed, true, changed, new Position(epoch, Math.min(to, from + 1)), more);
        }

        private Slice page(@Nullable Position after, int limit) {
            boolean changed = after != null && !after.epoch().equals(epoch);
            long from = after == null || changed ? oldest : Math.max(oldest, after.offset() + 1);
            long missed = after == null || changed ? 0 : Math.max(0, oldest - Math.max(2, after.offset() + 1));
            long to = Math.min(101, from + Math.min(limit, PAGE) - 1);
            List<Entry.Published> messages = LongStream.rangeClosed(from, to)
                    .mapToObj(FakePages::message)
                    .toList();
            return new Slice(messages, missed, true, changed, new Position(epoch, to), to < 101);
        }

        private static Entry.Published message(long offset) {
            Message message = new Message("", null, "", Bytes.wrap(new byte[0]), null, 0, null, Map.of(), "", "", "");
            OperationId operation = new OperationId(new NodeId("n"), 1, offset);
            return new Entry.Published(
                    offset, Instant.EPOCH, operation, offset - 1, message, null, Dispatch.ALL, false);
        }

        void answer() {
            asked.remove().run();
        }

        void answerAll() {
            while (!asked.isEmpty()) {
                answer();
            }
        }
    }

    private static Position at(long offset) {
        return new Position("e", offset);
    }

    private Future<Slice> all(@Nullable Position after) {
        return replays.read(ROOM, after, Integer.MAX_VALUE);
    }

    private static List<Long> offsets(Future<Slice> slice) {
        return slice.result().messages().stream().map(Entry::offset).toList();
    }

    private static List<Long> from(long first) {
        return LongStream.rangeClosed(first, 101).boxed().toList();
    }

    @Test
    void everything_isReadPageByPage() {
        Future<Slice> slice = all(at(1));
        pages.answerAll();
        assertThat(offsets(slice)).isEqualTo(from(2));
        assertThat(slice.result().end()).isEqualTo(at(101));
        assertThat(slice.result().more()).isFalse();
        assertThat(pages.reads).isEqualTo(10);
    }

    @Test
    void limited_isOnePageAtMost() {
        Future<Slice> slice = replays.read(ROOM, at(1), 25);
        pages.answerAll();
        assertThat(slice.result().messages()).hasSize(PAGE);
        assertThat(slice.result().end()).isEqualTo(at(PAGE + 1));
        assertThat(slice.result().more()).isTrue();
        assertThat(pages.reads).isEqualTo(1);
    }

    @Test
    void pagesAtOnce_shareTheNextReading_butNotThatOfEverything() {
        Future<Slice> first = replays.read(ROOM, at(1), 50);
        Future<Slice> same = replays.read(ROOM, at(1), 50);
        Future<Slice> within = replays.read(ROOM, at(5), 50);
        Future<Slice> beyond = replays.read(ROOM, at(50), 50);
        Future<Slice> everything = all(at(1));
        pages.answerAll();

        assertThat(offsets(first))
                .isEqualTo(LongStream.rangeClosed(2, 11).boxed().toList());
        assertThat(offsets(same)).isEqualTo(offsets(first));
        assertThat(offsets(within))
                .isEqualTo(LongStream.rangeClosed(6, 11).boxed().toList());
        assertThat(within.result().more()).isTrue();
        assertThat(offsets(beyond))
                .isEqualTo(LongStream.rangeClosed(51, 60).boxed().toList());
        assertThat(offsets(everything)).isEqualTo(from(2));
        assertThat(pages.reads).as("one, one for two, one, and ten").isEqualTo(13);
    }

    @Test
    void backwards_manyAtOnce_shareTheNextReading() {
        Future<Slice> first = replays.readBack(ROOM, at(90), 5);
        List<Future<Slice>> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(replays.readBack(ROOM, at(100 - i), 3));
        }
        Future<Slice> forwards = replays.read(ROOM, at(95), 50);
        Future<Slice> elsewhere = replays.readBack(ROOM, at(60), 3);
        Future<Slice> newest = replays.readBack(ROOM, null, 2);
        Future<Slice> otherLife = replays.readBack(ROOM, new Position("past", 7), 2);
        pages.answerAll();

        assertThat(offsets(first)).containsExactly(89L, 88L, 87L, 86L, 85L);
        for (int i = 0; i < others.size(); i++) {
            long before = 100 - i;
            assertThat(offsets(others.get(i))).first().isEqualTo(before - 1);
            assertThat(others.get(i).result().messages()).hasSizeBetween(1, 3);
            assertThat(others.get(i).result().end().offset())
                    .isEqualTo(before - others.get(i).result().messages().size());
            assertThat(others.get(i).result().more()).isTrue();
        }
        assertThat(offsets(forwards)).isEqualTo(from(96));
        assertThat(offsets(elsewhere)).containsExactly(59L, 58L, 57L);
        assertThat(offsets(newest)).containsExactly(101L, 100L);
        assertThat(otherLife.result().epochChanged()).isTrue();
        assertThat(pages.reads).as("fewer than were asked for").isLessThanOrEqualTo(8);
    }

    @Test
    void backwards_whatIsGone_isCountedForEachPositionAlone() {
        pages.oldest = 95;
        Future<Slice> first = replays.readBack(ROOM, at(40), 5);
        Future<Slice> all = replays.readBack(ROOM, at(102), 10);
        Future<Slice> part = replays.readBack(ROOM, at(97), 10);
        Future<Slice> none = replays.readBack(ROOM, at(95), 10);
        pages.answerAll();

        assertThat(offsets(all)).containsExactly(101L, 100L, 99L, 98L, 97L, 96L, 95L);
        assertThat(offsets(part)).containsExactly(96L, 95L);
        assertThat(part.result().missed()).isEqualTo(93);
        assertThat(offsets(none)).isEmpty();
        assertThat(offsets(first)).isEmpty();
        assertThat(pages.reads).as("the last two are asked for by themselves").isEqualTo(3);
    }

    @Test
    void manyAtOnce_shareTheNextReading() {
        Future<Slice> first = all(at(1));
        List<Future<Slice>> others = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            others.add(all(at(1 + i % 50)));
        }
        pages.answerAll();
        assertThat(offsets(first)).isEqualTo(from(2));
        for (int i = 0; i < others.size(); i++) {
            assertThat(offsets(others.get(i))).isEqualTo(from(2 + i % 50));
            assertThat(others.get(i).result().missed()).isZero();
            assertThat(others.get(i).result().exact()).isTrue();
        }
        assertThat(pages.reads).isEqualTo(20);
    }

    @Test
    void positionsThatMissedSomething_haveReadingsOfTheirOwn() {
        pages.oldest = 40;
        Future<Slice> before = all(at(60));
        Future<Slice> one = all(at(10));
        Future<Slice> other = all(at(20));
        Future<Slice> none = all(at(50));
        Future<Slice> otherLife = all(new Position("past", 7));
        Future<Slice> oldest = all(null);
        pages.answerAll();
        assertThat(offsets(before)).isEqualTo(from(61));
        assertThat(one.result().missed()).isEqualTo(29);
        assertThat(other.result().missed()).isEqualTo(19);
        assertThat(none.result().missed()).isZero();
        assertThat(offsets(none)).isEqualTo(from(51));
        assertThat(otherLife.result().epochChanged()).isTrue();
        assertThat(offsets(oldest)).isEqualTo(from(40));
        assertThat(oldest.result().missed()).isZero();
    }

    @Test
    void trimmedBetweenTwoPages_countsAllBeforeAsMissed() {
        Future<Slice> slice = all(at(1));
        pages.answer();
        pages.oldest = 50;
        pages.answerAll();
        assertThat(offsets(slice)).isEqualTo(from(50));
        assertThat(slice.result().missed()).isEqualTo(48);
        assertThat(slice.result().exact()).isFalse();
    }

    @Test
    void newLifeBetweenTwoPages_isReadFromItsBegin() {
        Future<Slice> slice = all(at(1));
        pages.answer();
        pages.epoch = "f";
        pages.answerAll();
        assertThat(slice.result().epochChanged()).isTrue();
        assertThat(offsets(slice)).isEqualTo(from(2));
        assertThat(slice.result().end()).isEqualTo(new Position("f", 101));
    }

    @Test
    void manyGroups_takeTurns() {
        for (int i = 0; i < 50; i++) {
            replays.read(GroupId.of("t", "", "room" + i), at(1), Integer.MAX_VALUE);
        }
        assertThat(pages.asked).hasSize(4);
        while (!pages.asked.isEmpty()) {
            pages.answer();
            assertThat(pages.asked).hasSizeLessThanOrEqualTo(4);
        }
        assertThat(pages.reads).isEqualTo(500);
    }

    @Test
    void readerThatThrows_takesNobodyAlong() {
        all(at(1)).onComplete(done -> {
            throw new NoClassDefFoundError("thrown on purpose");
        });
        all(at(1)).onComplete(done -> {
            throw new NoClassDefFoundError("thrown on purpose");
        });
        Future<Slice> other = all(at(1));
        pages.answerAll();
        assertThat(offsets(other)).isEqualTo(from(2));
        Future<Slice> next = all(at(1));
        pages.answerAll();
        assertThat(offsets(next)).isEqualTo(from(2));
    }
}

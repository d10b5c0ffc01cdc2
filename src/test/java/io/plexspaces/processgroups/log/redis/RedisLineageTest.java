package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A store that is restored from an older state while no node reads the group: a client that resumes from a lost
 * position receives a gap, however the log has grown since; a client that has lost nothing receives none.
 */
@Waiting
class RedisLineageTest {
    private static final LogLimits LIMITS = new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100);
    private static final int ALL = 1_000;

    private RedisProcess redis;
    private RedisStore store;
    private Writer writer;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        writer = node();
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
    }

    private Writer node() {
        return new Writer(store.log(LIMITS), writer == null ? Writer.newTenant() : writer.tenant);
    }

    private static Position publish(Writer writer, int count) {
        Position last = null;
        for (int i = 0; i < count; i++) {
            last = despite(writer, Integer.toString(i));
        }
        return last;
    }

    /** Once the store answers. */
    private static Position despite(Writer writer, String text) {
        List<Position> done = new ArrayList<>();
        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> done.add(writer.publish("room", text).position()));
        return done.get(0);
    }

    private static Slice read(Writer writer, Position after) {
        return result(writer.log.read(writer.group("room"), after, ALL));
    }

    private void restart() {
        redis.kill();
        redis.begin();
    }

    @Test
    void positionOfALostPast_isOfAnotherLife_whateverWasWrittenSince() {
        writer.create("room", ALL);
        Position kept = publish(writer, 10);
        redis.call("SAVE");
        Position lost = publish(writer, 10);
        restart();
        Writer later = node();
        Position grown = publish(later, 15);
        assertThat(grown.offset()).isGreaterThan(lost.offset());
        Slice afterLost = read(later, lost);
        assertThat(afterLost.epochChanged()).isTrue();
        // What was there before the loss, the client has had.
        assertThat(afterLost.messages()).hasSize(15);
        assertThat(afterLost.messages().get(0).offset()).isEqualTo(kept.offset() + 1);
        Slice since = read(later, kept);
        assertThat(since.epochChanged()).isFalse();
        assertThat(since.missed()).isZero();
        assertThat(since.messages()).hasSize(15);
        assertThat(since.end()).isEqualTo(grown);
    }

    @Test
    void positionOfALostPast_isOfAnotherLife_whenNothingWasWrittenSince() {
        writer.create("room", ALL);
        publish(writer, 10);
        redis.call("SAVE");
        Position lost = publish(writer, 10);
        restart();
        assertThat(read(node(), lost).epochChanged()).isTrue();
    }

    @Test
    void pastLostTwice_isKnownAsFarAsItIsThere() {
        writer.create("room", ALL);
        Position first = publish(writer, 5);
        redis.call("SAVE");
        restart();
        Position second = publish(node(), 5);
        redis.call("SAVE");
        Position lost = publish(node(), 5);
        restart();
        Writer later = node();
        publish(later, 20);
        assertThat(read(later, first).messages()).hasSize(25);
        assertThat(read(later, second).messages()).hasSize(20);
        assertThat(read(later, second).epochChanged()).isFalse();
        assertThat(read(later, lost).epochChanged()).isTrue();
    }

    @Test
    void sameDumpRestoredTwice_tellsTheTwoPastsApart() {
        writer.create("room", ALL);
        publish(writer, 5);
        redis.call("SAVE");
        restart();
        Position lost = publish(node(), 10);
        restart();
        Writer later = node();
        publish(later, 20);
        assertThat(read(later, lost).epochChanged()).isTrue();
    }

    @Test
    void deletedRightAfterItGotAnotherEpoch_isListedUnderNone() {
        String created = writer.create("room", ALL).position().epoch();
        redis.call("SAVE");
        restart();
        assertThat(publish(writer, 1).epoch()).isNotEqualTo(created);
        assertThat(redis.call("KEYS", "*:epochs")).startsWith("*1");
        writer.delete("room");
        assertThat(redis.call("KEYS", "*:epochs")).startsWith("*0");
    }

    @Test
    void readersOfOtherNodes_goOnUnderTheEpochThatAWriterBegan() {
        writer.create("room", ALL);
        RecordedGroup told = node().open("room");
        Position kept = publish(writer, 10);
        await().until(() -> told.offset() == kept.offset());
        redis.call("SAVE");
        restart();
        Position grown = publish(writer, 3);
        assertThat(grown.epoch()).isNotEqualTo(kept.epoch());
        await().atMost(Duration.ofSeconds(10)).until(() -> told.offset() == grown.offset());
        assertThat(told.renamed).extracting(GroupInfo::epoch).containsExactly(grown.epoch());
        assertThat(told.snapshots).hasSize(1);
        assertThat(told.holes).isEmpty();
        assertThat(told.texts()).hasSize(13);
    }

    @Test
    void readerOfWhatIsLost_doesNotGoOn() {
        writer.create("room", ALL);
        RecordedGroup told = node().open("room");
        publish(writer, 10);
        redis.call("SAVE");
        Position lost = publish(writer, 10);
        await().until(() -> told.offset() == lost.offset());
        restart();
        Position grown = publish(writer, 30);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> told.last().info().epoch().equals(grown.epoch()));
        assertThat(told.snapshots).hasSize(2);
        assertThat(told.last().goesOn()).isFalse();
        assertThat(told.renamed).isEmpty();
    }

    @Test
    void replicaThatTakesOverBehind_isAnotherPast() throws Exception {
        RedisProcess replica = RedisProcess.start(
                RedisBinaries.installed().orElseGet(RedisBinaries::embedded),
                "--replicaof",
                "127.0.0.1 " + redis.port());
        try (RedisStore other = RedisStore.of(replica)) {
            writer.create("room", ALL);
            Position kept = publish(writer, 10);
            await().until(() -> replica.call("INFO", "replication").contains("master_link_status:up"));
            Writer there = new Writer(other.log(LIMITS), writer.tenant);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> read(there, null).end().equals(kept));
            replica.call("REPLICAOF", "NO", "ONE");
            Position lost = publish(writer, 10);
            publish(there, 15);
            assertThat(read(there, lost).epochChanged()).isTrue();
            assertThat(read(there, kept).epochChanged()).isFalse();
            assertThat(read(there, kept).messages()).hasSize(15);
        }
    }

    @Test
    void whatAppendsBesideMessages_beginsTheNextEpochToo() {
        writer.create("room", ALL);
        writer.join("room", "alice");
        redis.call("SAVE");
        Position lost = publish(writer, 3);
        restart();
        Writer later = node();
        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> result(later.leaving("room", "alice")) != null);
        for (int i = 0; i < 5; i++) {
            later.join("room", "bob" + i);
        }
        assertThat(read(later, lost).epochChanged()).isTrue();
    }

    @Test
    void storeThatIsThereAllTheTime_keepsItsEpoch() {
        Position first = writer.create("room", ALL).position();
        for (int i = 0; i < 20; i++) {
            assertThat(writer.publish("room", "x").position().epoch()).isEqualTo(first.epoch());
            await().pollDelay(Duration.ofMillis(15)).until(() -> true);
        }
    }
}

package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A store that fails, forgets or falls silent: nothing happens twice, nothing is lost without a word, nothing waits
 * forever.
 *
 * <p>One file, as all cases share one store that is stopped and started.
 */
@Waiting
class RedisFaultTest {
    private static final LogLimits LIMITS = new LogLimits(1_000, 1_000, 8, 8, 1_000, 16 << 20, 100);
    private static final int ALL = 100_000;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final String tenant = Writer.newTenant();
    private RedisProcess redis;
    private RedisStore store;
    private Writer writer;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        writer = new Writer(store.log(settings(Duration.ofSeconds(5))), tenant);
    }

    @AfterEach
    void stop() throws Exception {
        timer.shutdownNow();
        store.close();
    }

    private static RedisSettings settings(Duration patience) {
        return settings(patience, Duration.ofSeconds(1));
    }

    private static RedisSettings settings(Duration patience, Duration check) {
        return new RedisSettings("test:", 0, patience, check, Duration.ofSeconds(15), LIMITS);
    }

    private void publishMany(String name, int count) {
        List<Uni<Appended>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(writer.publishing(name, Integer.toString(i)));
            if (all.size() == 50) {
                result(Uni.join().all(List.copyOf(all)).andCollectFailures());
                all.clear();
            }
        }
    }

    private static List<String> numbers(int count) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    @Test
    void scriptsFlushedAllTheTime_areLoadedAgain() {
        writer.create("room", ALL);
        RecordedGroup told = writer.open("room");
        timer.scheduleAtFixedRate(() -> redis.call("SCRIPT", "FLUSH"), 0, 5, TimeUnit.MILLISECONDS);
        publishMany("room", 5_000);
        await().until(() -> told.offset() == 5_001);
        assertThat(told.holes).isEmpty();
        assertThat(told.texts()).isEqualTo(numbers(5_000));
    }

    @Test
    void subscriberConnectionsKilledAllTheTime_missNothing() {
        writer.create("room", ALL);
        RecordedGroup told = writer.open("room");
        timer.scheduleAtFixedRate(() -> redis.call("CLIENT", "KILL", "TYPE", "pubsub"), 0, 50, TimeUnit.MILLISECONDS);
        publishMany("room", 10_000);
        await().atMost(Duration.ofSeconds(10)).until(() -> told.offset() == 10_001);
        assertThat(told.holes).isEmpty();
        assertThat(told.texts()).isEqualTo(numbers(10_000));
        assertThat(told.snapshots).hasSize(1);
    }

    @Test
    void positionsCheckedAllTheTime_loseNothingOfABusyLog() {
        Writer watched = new Writer(store.log(settings(Duration.ofSeconds(5), Duration.ofMillis(10))), tenant);
        watched.create("room", 1);
        RecordedGroup told = watched.open("room");
        AtomicInteger published = new AtomicInteger();
        for (int i = 0; i < 256; i++) {
            publishNext(watched, published, 50_000);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> told.offset() == 50_001);
        assertThat(told.snapshots).hasSize(1);
        assertThat(told.holes).isEmpty();
    }

    private static void publishNext(Writer writer, AtomicInteger published, int most) {
        int next = published.getAndIncrement();
        if (next < most) {
            writer.publishing("room", Integer.toString(next))
                    .subscribe()
                    .with(done -> publishNext(writer, published, most));
        }
    }

    @Test
    void missedAndTrimmed_isANewSnapshotAndTheRestIsCounted() throws Exception {
        writer.create("room", 10);
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            RecordedGroup told = new RecordedGroup();
            result(other.open(writer.group("room"), told));
            proxy.deaf(true);
            publishMany("room", 1_000);
            await().atMost(Duration.ofSeconds(10)).until(() -> told.offset() == 1_001);
            assertThat(told.holes).isEmpty();
            assertThat(told.snapshots).hasSizeGreaterThan(1);
            Slice slice = result(
                    other.read(writer.group("room"), told.snapshots.get(0).position(), ALL));
            assertThat(slice.missed()).isEqualTo(990);
            assertThat(slice.exact()).isTrue();
            assertThat(slice.messages()).hasSize(10);
        }
    }

    @Test
    void deafSubscriberConnection_isNoticedAndCaughtUp() throws Exception {
        writer.create("room", ALL);
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            RecordedGroup told = new RecordedGroup();
            result(other.open(writer.group("room"), told));
            await().until(other::isHealthy);
            proxy.deaf(true);
            writer.publish("room", "unheard");
            await().atMost(Duration.ofSeconds(5)).until(() -> told.texts().contains("unheard"));
            await().atMost(Duration.ofSeconds(10)).until(() -> !other.isHealthy());
            proxy.deaf(false);
            await().atMost(Duration.ofSeconds(10)).until(other::isHealthy);
            writer.publish("room", "heard");
            await().atMost(Duration.ofSeconds(2)).until(() -> told.texts().contains("heard"));
            assertThat(told.holes).isEmpty();
            assertThat(told.snapshots).hasSize(1);
        }
    }

    @Test
    void largeMessagesThatWereMissed_areToldInPortions() throws Exception {
        writer.create("room", ALL);
        List<Long> times = new CopyOnWriteArrayList<>();
        RecordedGroup told = new RecordedGroup() {
            @Override
            public void entry(Entry entry) {
                times.add(System.nanoTime());
                super.entry(entry);
            }
        };
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            result(other.open(writer.group("room"), told));
            await().until(other::isHealthy);
            proxy.deaf(true);
            // Together, so that the reader does not find them one by one.
            List<Uni<Appended>> together = IntStream.range(0, 12)
                    .mapToObj(i -> writer.publishing("room", i + "x".repeat(60_000)))
                    .toList();
            result(Uni.combine().all().unis(together).discardItems());
            await().atMost(Duration.ofSeconds(10)).until(() -> times.size() == 12);
            assertThat(told.holes).isEmpty();
            // Five in a portion, and a pause after each but the last; a page has eight.
            assertThat(IntStream.range(1, 12).filter(i -> times.get(i) - times.get(i - 1) > 4_000_000))
                    .hasSizeGreaterThanOrEqualTo(2);
            proxy.deaf(false);
        }
    }

    private RedisGroupLog log(Proxy proxy) {
        Vertx vertx = Vertx.vertx();
        return new RedisGroupLog(
                vertx,
                new RedisOptions().setConnectionString(proxy.address()),
                settings(Duration.ofSeconds(5)),
                () -> UUID.randomUUID().toString());
    }

    @Test
    void lostAnswer_isAskedForAgainAndAppliedOnce() throws Exception {
        writer.create("room", ALL);
        RecordedGroup told = writer.open("room");
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            Writer remote = new Writer(other, tenant);
            for (int i = 1; i <= 30; i++) {
                proxy.loseAnswers(1 + i % 3);
                assertThat(remote.join("room", "alice").membership().joinCount())
                        .isEqualTo(i);
                proxy.loseAnswers(1);
                remote.publish("room", Integer.toString(i));
            }
            proxy.loseAnswers(1);
            remote.create("made", ALL);
            proxy.loseAnswers(1);
            assertThat(remote.delete("made").position().offset()).isEqualTo(2);
            assertThat(proxy.answersLost).hasValueGreaterThan(60);
        }
        await().until(() -> told.offset() == 61);
        assertThat(told.texts()).hasSize(30).doesNotHaveDuplicates();
        assertThat(told.holes).isEmpty();
    }

    @Test
    void silentStore_isUnavailableInTimeAndServesAgain() {
        Writer hasty = new Writer(store.log(settings(Duration.ofSeconds(1))), tenant);
        hasty.create("room", ALL);
        redis.signal("STOP");
        long begin = System.nanoTime();
        assertThat(failure(hasty.publishing("room", "x"))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        assertThat(failure(hasty.log.open(hasty.group("room"), new RecordedGroup())))
                .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(hasty.log.isHealthy()).isFalse();
        redis.signal("CONT");
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> hasty.publish("room", "y") != null);
        await().atMost(Duration.ofSeconds(10)).until(hasty.log::isHealthy);
    }

    @Test
    void silentStore_answersManyLookupsInTime() {
        Writer hasty = new Writer(store.log(settings(Duration.ofMillis(500))), tenant);
        hasty.create("room", ALL);
        redis.signal("STOP");
        long begin = System.nanoTime();
        AtomicInteger failed = new AtomicInteger();
        for (int i = 0; i < 10_000; i++) {
            hasty.log.heldBy("session-" + i).subscribe().with(found -> {}, failure -> failed.incrementAndGet());
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> failed.get() == 10_000);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        redis.signal("CONT");
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> result(hasty.log.heldBy("session"))
                .isEmpty());
    }

    @Test
    void fullStore_refusesWhatNeedsRoom_andDoesTheRest() throws Exception {
        for (Path binary :
                List.of(RedisBinaries.installed().orElseGet(RedisBinaries::embedded), RedisBinaries.embedded())) {
            RedisProcess process = RedisProcess.start(binary);
            try (RedisStore full = RedisStore.of(process)) {
                Writer there = new Writer(full.log(settings(Duration.ofSeconds(5))), tenant);
                for (int i = 0; i < 20; i++) {
                    there.create("published-" + i, ALL);
                    there.create("left-" + i, ALL);
                    there.join("left-" + i, "alice");
                }
                there.create("banned", ALL);
                process.call("CONFIG", "SET", "maxmemory", "1");
                List<Uni<String>> all = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    all.add(outcome(there.publishing("published-" + i, "x")));
                    all.add(outcome(there.leaving("left-" + i, "alice")));
                }
                Command ban = new Command.Evict(new ActorId("eve"), Duration.ofDays(1));
                Command lifting = new Command.Evict(new ActorId("eve"), Duration.ZERO);
                all.add(outcome(there.log.append(there.group("banned"), null, ban, there.operation())));
                all.add(outcome(there.log.append(there.group("banned"), null, lifting, there.operation())));
                List<String> said = result(Uni.join().all(all).andCollectFailures());
                assertThat(said.get(all.size() - 2)).isIn("1", "STORE_UNAVAILABLE");
                assertThat(said.get(all.size() - 1)).isEqualTo("1");
                for (int i = 0; i < all.size() - 2; i++) {
                    assertThat(said.get(i)).isIn(i % 2 == 0 ? List.of("2", "STORE_UNAVAILABLE") : List.of("3"));
                }
            }
        }
    }

    /** Offset, or what was wrong. */
    private static Uni<String> outcome(Uni<Appended> change) {
        return change.map(done -> Long.toString(done.position().offset()))
                .onFailure()
                .recoverWithItem(failure ->
                        failure instanceof GroupException known ? known.code().name() : failure.toString());
    }

    @Test
    void restartedEmpty_groupsThatAreReadBeginANewLife() {
        writer.create("room", 77);
        writer.join("room", "alice");
        RecordedGroup told = writer.open("room");
        redis.kill();
        redis.begin();
        await().atMost(Duration.ofSeconds(10)).until(() -> told.snapshots.size() > 1);
        assertThat(told.last().info().epoch())
                .isNotEqualTo(told.snapshots.get(0).info().epoch());
        assertThat(told.last().info().spec())
                .isEqualTo(told.snapshots.get(0).info().spec());
        assertThat(told.last().members()).isEmpty();
        writer.publish("room", "again");
        await().until(() -> told.texts().contains("again"));
        assertThat(result(writer.log.groups(new GroupQuery(tenant, null, Glob.ANY, null, 10)))
                        .groups())
                .extracting(group -> group.id().name())
                .containsExactly("room");
    }

    @Test
    void storeThatLostTheLastWrites_givesItsGroupsANewEpoch() {
        writer.create("room", ALL);
        publishMany("room", 50);
        String key = key("room");
        for (String part : List.of("", ":messages")) {
            assertThat(redis.call("COPY", key + part, "kept" + part)).startsWith(":1");
        }
        RecordedGroup told = writer.open("room");
        String before = told.last().info().epoch();
        publishMany("room", 50);
        await().until(() -> told.offset() == 101);
        for (String part : List.of("", ":messages")) {
            assertThat(redis.call("COPY", "kept" + part, key + part, "REPLACE")).startsWith(":1");
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> told.snapshots.size() > 1);
        assertThat(told.last().info().epoch()).isNotEqualTo(before);
        assertThat(told.last().position().offset()).isEqualTo(51);
        assertThat(writer.publish("room", "next").position().epoch())
                .isEqualTo(told.last().info().epoch());
    }

    @Test
    void storeThatLostWritesAndGrewBeyondThem_givesItsGroupsANewEpoch() throws Exception {
        // Nothing of what the readers know of these is left where they look for it.
        List<String> rooms = List.of("none", "few");
        writer.create("none", 0);
        writer.create("few", 5);
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            List<RecordedGroup> readers = new ArrayList<>();
            for (String room : rooms) {
                RecordedGroup told = new RecordedGroup();
                readers.add(told);
                result(other.open(writer.group(room), told));
                publishMany(room, 50);
            }
            redis.call("SAVE");
            rooms.forEach(room -> publishMany(room, 50));
            for (RecordedGroup told : readers) {
                await().until(() -> told.offset() == 101);
            }
            proxy.away(true);
            redis.kill();
            redis.begin();
            for (String room : rooms) {
                await().atMost(Duration.ofSeconds(10))
                        .ignoreExceptions()
                        .until(() -> writer.publish(room, "x") != null);
                publishMany(room, 100);
            }
            proxy.away(false);
            for (RecordedGroup told : readers) {
                String before = told.snapshots.get(0).info().epoch();
                await().atMost(Duration.ofSeconds(10)).until(() -> told.snapshots.size() > 1);
                assertThat(told.last().info().epoch()).isNotEqualTo(before);
            }
        }
    }

    @Test
    void storeThatComesBackAsItWas_goesOnUnderAnotherEpoch() throws Exception {
        writer.create("idle", 0);
        writer.join("idle", "alice");
        writer.create("kept", ALL);
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            RecordedGroup idle = new RecordedGroup();
            RecordedGroup kept = new RecordedGroup();
            result(other.open(writer.group("idle"), idle));
            result(other.open(writer.group("kept"), kept));
            publishMany("kept", 50);
            await().until(() -> kept.offset() == 51);
            redis.call("SAVE");
            proxy.away(true);
            redis.kill();
            redis.begin();
            await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> writer.publish("kept", "x") != null);
            proxy.away(false);
            await().atMost(Duration.ofSeconds(10)).until(() -> kept.offset() == 52);
            await().atMost(Duration.ofSeconds(10)).until(other::isHealthy);
            writer.publish("idle", "y");
            await().atMost(Duration.ofSeconds(10)).until(() -> idle.texts().contains("y"));
            assertThat(List.of(idle, kept)).allSatisfy(told -> {
                assertThat(told.snapshots).hasSize(1);
                assertThat(told.renamed).hasSize(1);
                assertThat(told.holes).isEmpty();
            });
        }
    }

    @Test
    void deletedWhileDeaf_isToldAsDeleted() throws Exception {
        writer.create("room", 0);
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            RecordedGroup told = new RecordedGroup();
            result(other.open(writer.group("room"), told));
            proxy.deaf(true);
            publishMany("room", 100);
            long end = writer.delete("room").position().offset();
            writer.create("room", 0);
            await().atMost(Duration.ofSeconds(10)).until(() -> told.offset() == end);
            assertThat(told.entries.get(told.entries.size() - 1)).isInstanceOf(Entry.Deleted.class);
            assertThat(told.holes).isEmpty();
        }
    }

    @Test
    void deletedWhileAwayForLong_isToldAsDeletedAndStaysSo() throws Exception {
        try (Proxy proxy = new Proxy(redis.port());
                RedisGroupLog other = log(proxy)) {
            List<RecordedGroup> readers = new ArrayList<>();
            for (String room : List.of("gone", "again")) {
                writer.create(room, ALL);
                RecordedGroup told = new RecordedGroup();
                readers.add(told);
                result(other.open(writer.group(room), told));
                writer.publish(room, "x");
                await().until(() -> told.offset() == 2);
            }
            proxy.away(true);
            for (String room : List.of("gone", "again")) {
                String epoch = writer.delete(room).position().epoch();
                assertThat(redis.call("DEL", key(room) + ":deleted:" + epoch)).startsWith(":1");
            }
            writer.create("again", ALL);
            proxy.away(false);
            for (RecordedGroup told : readers) {
                await().atMost(Duration.ofSeconds(10)).until(() -> told.entries.size() == 2);
                assertThat(told.entries.get(1)).isInstanceOf(Entry.Deleted.class);
                assertThat(told.snapshots).hasSize(1);
            }
            assertThat(result(writer.log.groups(new GroupQuery(tenant, null, Glob.ANY, null, 10)))
                            .groups())
                    .extracting(group -> group.id().name())
                    .containsExactly("again");
        }
    }

    @Test
    void emptiedStore_groupsThatAreReadBeginANewLife() {
        writer.create("room", ALL);
        RecordedGroup told = writer.open("room");
        redis.call("FLUSHALL");
        await().atMost(Duration.ofSeconds(10)).until(() -> told.snapshots.size() > 1);
        assertThat(told.last().info().epoch())
                .isNotEqualTo(told.snapshots.get(0).info().epoch());
    }

    private String key(String name) {
        return "test:{" + Slots.evenTags(1).get(0) + "}:tenant:" + tenant + ":namespace:default:group:" + name;
    }
}

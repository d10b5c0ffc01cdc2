package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups of so many members that nothing about them may be done in one go. */
class RedisBigGroupTest {
    private static final LogLimits LIMITS = new LogLimits(10_000, 1_000_000, 256, 8, 1_000, 8 << 20, 100);
    private static final int MANY = 30_000;
    private static final int AT_ONCE = 1_000;

    private final AtomicBoolean over = new AtomicBoolean();
    private RedisProcess redis;
    private RedisStore store;
    private Writer writer;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        writer = new Writer(log(), Writer.newTenant());
        writer.create("room", 100);
    }

    @AfterEach
    void stop() throws Exception {
        over.set(true);
        store.close();
    }

    private RedisGroupLog log() {
        return store.log(
                new RedisSettings("", 0, Duration.ofSeconds(10), Duration.ofSeconds(4), Duration.ofMinutes(1), LIMITS));
    }

    private static String actor(int number) {
        return "member-%06d".formatted(number);
    }

    private void fill(int count) {
        for (int i = 0; i < count; i += AT_ONCE) {
            List<ActorId> actors = IntStream.range(i, i + AT_ONCE)
                    .mapToObj(number -> new ActorId(actor(number)))
                    .toList();
            Command join = new Command.Join(actors, TopicFilter.ALL, new Owner.Durable(writer.node), writer.node, null);
            result(writer.log.append(writer.group("room"), null, join, writer.operation()));
        }
    }

    /** Comes and goes again as fast as the store takes it. */
    private void churn(Writer churner, String actor, TopicFilter filter, AtomicInteger changes) {
        ActorId member = new ActorId(actor);
        Owner owner = new Owner.Durable(churner.node);
        Command join = new Command.Join(List.of(member), filter, owner, churner.node, null);
        Command leave = new Command.Leave(member, owner, true, LeaveReason.LEFT);
        change(churner, join).chain(() -> change(churner, leave)).subscribe().with(done -> {
            changes.addAndGet(2);
            if (!over.get()) {
                churn(churner, actor, filter, changes);
            }
        });
    }

    private static Uni<Appended> change(Writer churner, Command command) {
        return churner.log.append(churner.group("room"), null, command, churner.operation());
    }

    private static TopicFilter largeFilter() {
        return TopicFilter.of(IntStream.range(0, 256)
                .mapToObj(number -> "%03d.".formatted(number) + "x".repeat(240))
                .toList());
    }

    @Test
    void openedWhileMembersWithLargeFiltersComeAndGo() {
        fill(MANY);
        AtomicInteger changes = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            churn(new Writer(log(), writer.tenant), "churn-" + i, largeFilter(), changes);
        }
        await().until(() -> changes.get() > 10);
        for (int i = 0; i < 3; i++) {
            Writer reader = new Writer(log(), writer.tenant);
            assertThat(reader.open("room").members()).hasSizeGreaterThanOrEqualTo(MANY);
        }
        assertThat(changes).hasValueGreaterThan(100);
    }

    @Test
    void many_areToldWhereNoAnswerWaits_andWhatFollowsIsInOrder() {
        fill(6_000);
        List<Boolean> onLoops = new CopyOnWriteArrayList<>();
        List<Long> offsets = new CopyOnWriteArrayList<>();
        RecordedGroup told = new RecordedGroup() {
            @Override
            public void snapshot(Snapshot snapshot) {
                onLoops.add(Context.isOnEventLoopThread());
                // As long as it takes to make something of them: others change the group meanwhile.
                for (int i = 0; i < 3; i++) {
                    writer.publish("room", "meanwhile");
                }
                super.snapshot(snapshot);
            }

            @Override
            public void entry(Entry entry) {
                offsets.add(entry.offset());
                super.entry(entry);
            }
        };
        Tail tail = result(new Writer(log(), writer.tenant).log.open(writer.group("room"), told));
        long end = writer.publish("room", "end").position().offset();

        await().until(() -> told.offset() == end);
        assertThat(onLoops).containsExactly(false);
        assertThat(offsets).containsExactly(end - 3, end - 2, end - 1, end);
        assertThat(told.members()).hasSize(6_000);
        tail.close();
    }

    @Test
    void openedWhileManyComeAndGo_isWhatTheStoreHas() {
        fill(MANY);
        AtomicInteger changes = new AtomicInteger();
        Writer other = new Writer(log(), writer.tenant);
        for (int i = 0; i < 64; i++) {
            churn(other, "churn-" + i, TopicFilter.ALL, changes);
            churn(other, actor(i * 100), TopicFilter.of(List.of("a.b")), changes);
        }
        RecordedGroup told = new RecordedGroup();
        Tail tail = result(new Writer(log(), writer.tenant).log.open(writer.group("room"), told));
        over.set(true);
        int before;
        do {
            before = changes.get();
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        } while (changes.get() > before);
        long end = writer.publish("room", "end").position().offset();
        await().atMost(Duration.ofSeconds(20)).until(() -> told.offset() == end);
        assertThat(told.holes).isEmpty();
        assertThat(told.members()).isEqualTo(read());
        tail.close();
    }

    private Map<ActorId, Membership> read() {
        Map<ActorId, Membership> members = new HashMap<>();
        new Writer(log(), writer.tenant)
                .open("room")
                .last()
                .members()
                .forEach(member -> members.put(member.actor(), member));
        return members;
    }

    @Test
    void openedBesideABusyLogOfMessages_isLiveBeforeLong() {
        fill(MANY);
        AtomicInteger published = new AtomicInteger();
        for (int i = 0; i < 64; i++) {
            publish(new Writer(log(), writer.tenant), published);
        }
        RecordedGroup told = new Writer(log(), writer.tenant).open("room");
        long begin = told.offset();
        await().atMost(Duration.ofSeconds(20)).until(() -> told.offset() > begin + 1_000);
        over.set(true);
        assertThat(told.snapshots).hasSizeLessThan(4);
    }

    private void publish(Writer publisher, AtomicInteger published) {
        publisher.publishing("room", "x".repeat(500)).subscribe().with(done -> {
            published.incrementAndGet();
            if (!over.get()) {
                publish(publisher, published);
            }
        });
    }

    @Test
    void deleted_keepsNobodyWaiting_andItsSessionsAreSeenTo() {
        List<Uni<Appended>> joins = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            joins.add(writer.joining("room", actor(i), writer.session("s" + i)));
            if (joins.size() == AT_ONCE) {
                result(Uni.join().all(List.copyOf(joins)).andCollectFailures());
                joins.clear();
            }
        }
        long callsBefore = calls();
        writer.delete("room");
        writer.create("room", 100);
        result(writer.joining("room", actor(7), writer.session("s7")));
        await().atMost(Duration.ofSeconds(30)).until(() -> held() <= 4);
        // In steps: a machine that is busy with other things tells nothing by the time they take.
        assertThat(calls() - callsBefore).isGreaterThan(MANY / 500);
        assertThat(result(writer.log.heldBy("s7"))).containsExactly(writer.group("room"));
        assertThat(result(writer.log.heldBy("s8"))).isEmpty();
        await().until(() -> !redis.call("KEYS", "*:gone:*").contains(":gone:"));
    }

    @Test
    void fewButLargeMembers_areReadAndDeletedBySteps() {
        for (int i = 0; i < 100; i++) {
            Command join = new Command.Join(
                    List.of(new ActorId(actor(i))), largeFilter(), writer.session("s" + i), writer.node, null);
            result(writer.log.append(writer.group("room"), null, join, writer.operation()));
        }
        assertThat(new Writer(log(), writer.tenant).open("room").members()).hasSize(100);
        writer.delete("room");
        await().until(() -> held() <= 4 && !redis.call("KEYS", "*:gone:*").contains(":gone:"));
        assertThat(redis.call("INFO", "commandstats")).doesNotContain("cmdstat_hgetall", "cmdstat_hvals");
    }

    private long calls() {
        Matcher said = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(redis.call("INFO", "commandstats"));
        return said.find() ? Long.parseLong(said.group(1)) : -1;
    }

    @Test
    void namespaceOfManyGroups_isReadBySteps_andNoFurtherThanAskedFor() {
        List<Uni<Appended>> creations = new ArrayList<>();
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null);
        for (int i = 0; i < 4_500; i++) {
            creations.add(writer.log.append(
                    writer.group("g%04d".formatted(i)), null, new Command.Create(spec), writer.operation()));
            if (creations.size() == 100) {
                result(Uni.join().all(List.copyOf(creations)).andCollectFailures());
                creations.clear();
            }
        }
        assertThat(followed(Integer.MAX_VALUE)).hasSize(4_501).isSorted().doesNotHaveDuplicates();
        assertThat(followed(2_000)).hasSize(2_001).isSorted();
        assertThat(followed(10)).hasSize(11);
    }

    private List<String> followed(int most) {
        List<String> names = new ArrayList<>();
        result(log().follow(writer.group("room").namespace(), new NamespaceReader() {
                    @Override
                    public int mostGroups() {
                        return most;
                    }

                    @Override
                    public void snapshot(List<GroupInfo> groups) {
                        groups.forEach(group -> names.add(group.id().name()));
                    }

                    @Override
                    public void created(GroupInfo group) {}

                    @Override
                    public void deleted(GroupInfo group) {}

                    @Override
                    public void failed(GroupException cause) {}
                }))
                .close();
        return names;
    }

    @Test
    void openedWhileTheLastReaderCloses_hearsWhatIsAnnounced() {
        RedisGroupLog log = store.log(
                new RedisSettings("", 0, Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMinutes(1), LIMITS));
        Tail before = result(log.open(writer.group("room"), new RecordedGroup()));
        for (int i = 0; i < 200; i++) {
            Tail last = before;
            CompletableFuture<Void> closing = CompletableFuture.runAsync(last::close);
            RecordedGroup told = new RecordedGroup();
            before = result(log.open(writer.group("room"), told));
            closing.join();
            String text = "m" + i;
            writer.publish("room", text);
            await().atMost(Duration.ofSeconds(5)).until(() -> told.texts().contains(text));
        }
    }

    /** Elements of the partition's index of owners. */
    private long held() {
        Matcher said = Pattern.compile(":(\\d+)")
                .matcher(redis.call("ZCARD", new Keys("", 1).partition(0).held()));
        return said.find() ? Long.parseLong(said.group(1)) : -1;
    }
}

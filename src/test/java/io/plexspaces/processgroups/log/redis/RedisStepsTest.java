package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NamespaceReader;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is more than one call of a script may bring is put together from several. */
class RedisStepsTest {
    private static final LogLimits LIMITS = new LogLimits(1_000, 1_000, 256, 8, 1_000, 8 << 20, 100);

    private RedisProcess redis;
    private RedisStore store;
    private Writer writer;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        writer = new Writer(store.log(RedisStore.settings(LIMITS, Duration.ofSeconds(10))), Writer.newTenant());
        writer.create("room", 1_000);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
    }

    private long calls() {
        Matcher said = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(redis.call("INFO", "commandstats"));
        return said.find() ? Long.parseLong(said.group(1)) : -1;
    }

    @Test
    void groupsOfASession_areAllFound_howeverMany() {
        int many = 2 * StepSizes.HELD_GROUPS;
        String fill = "for i = 1, ARGV[1] do redis.call('ZADD', KEYS[1], 0, ARGV[2] .. i) end";
        String held = new Keys("processgroups:", 1).partition(0).held();
        String entry = " " + writer.tenant + " default g";
        redis.call("EVAL", fill, "1", held, Integer.toString(many), "s:first" + entry);
        redis.call("EVAL", fill, "1", held, "3", "s:second" + entry);
        assertThat(result(writer.log.heldBy("first"))).hasSize(many).doesNotHaveDuplicates();
        assertThat(result(writer.log.heldBy("second")))
                .containsExactlyInAnyOrder(writer.group("g1"), writer.group("g2"), writer.group("g3"));
        assertThat(result(writer.log.heldBy("third"))).isEmpty();
    }

    @Test
    void messages_areReadByPages_ofWhichOneRequestGetsOne() {
        String large = "x".repeat(80_000);
        for (int i = 0; i < 20; i++) {
            writer.publish("room", i + large);
        }
        List<String> first = new ArrayList<>();
        Position after = null;
        boolean more = true;
        int pages = 0;
        while (more) {
            Slice slice = result(writer.log.read(writer.group("room"), after, 1_000));
            assertThat(slice.messages()).hasSizeLessThanOrEqualTo(StepSizes.MESSAGE_BYTES / large.length() + 1);
            slice.messages().forEach(message -> first.add(String.valueOf(message.offset())));
            after = slice.end();
            more = slice.more();
            pages++;
        }
        assertThat(first).hasSize(20).doesNotHaveDuplicates();
        assertThat(pages).isEqualTo(3);
        assertThat(result(writer.log.read(writer.group("room"), null, Integer.MAX_VALUE))
                        .messages())
                .hasSize(20);
    }

    @Test
    void leasesWithLargeFilters_endInOnePass_bySteps() {
        TopicFilter large = largeFilter(256);
        for (int i = 0; i < 20; i++) {
            Owner lease = new Owner.Lease("l" + i);
            Command join =
                    new Command.Join(List.of(new ActorId("a" + i)), large, lease, writer.node, Duration.ofMillis(1));
            result(writer.log.append(writer.group("room"), null, join, writer.operation()));
        }
        long before = calls();
        assertThat(writer.expire()).isEqualTo(20);
        assertThat(calls() - before).isGreaterThan(4);
        assertThat(writer.open("room").members()).isEmpty();
    }

    @Test
    void changesOfALargeMembership_goInSmallCalls() {
        assertThat(callsOfLeaves("small", TopicFilter.of(List.of("a"))))
                .as("changes that wait go together")
                .isLessThan(50);
        assertThat(callsOfLeaves("large", largeFilter(256)))
                .as("so that no call takes long")
                .isGreaterThan(60);
    }

    /** Of many that a member asks for at once, and that are refused once its membership has been read. */
    private long callsOfLeaves(String actor, TopicFilter filter) {
        Owner owner = new Owner.Durable(writer.node);
        Command join = new Command.Join(List.of(new ActorId(actor)), filter, owner, writer.node, null);
        result(writer.log.append(writer.group("room"), null, join, writer.operation()));
        long before = calls();
        List<CompletableFuture<Appended>> leaves = IntStream.range(0, 300)
                .mapToObj(i -> writer.log
                        .append(
                                writer.group("room"),
                                null,
                                new Command.Leave(new ActorId(actor), new Owner.Lease("none"), false, LeaveReason.LEFT),
                                writer.operation())
                        .onFailure()
                        .recoverWithNull()
                        .subscribeAsCompletionStage())
                .toList();
        leaves.forEach(CompletableFuture::join);
        return calls() - before;
    }

    private static TopicFilter largeFilter(int patterns) {
        return TopicFilter.of(IntStream.range(0, patterns)
                .mapToObj(i -> "%03d.".formatted(i) + "x".repeat(240))
                .toList());
    }

    @Test
    void batchOfLargeFilters_isHeardWhole() {
        RecordedGroup told = writer.open("room");
        TopicFilter large = largeFilter(100);
        List<ActorId> actors =
                IntStream.range(0, 20).mapToObj(i -> new ActorId("a" + i)).toList();
        Command join = new Command.Join(actors, large, new Owner.Durable(writer.node), writer.node, null);
        result(writer.log.append(writer.group("room"), null, join, writer.operation()));
        long end = writer.publish("room", "end").position().offset();
        await().until(() -> told.offset() == end);
        assertThat(told.holes).isEmpty();
        assertThat(told.snapshots).hasSize(1);
        assertThat(told.members()).hasSize(20);
    }

    @Test
    void laterReadersOfANamespace_getWhatALiveOneKnows_andReadNothing() {
        writer.create("hall", 0);
        Namespace namespace = writer.group("room").namespace();
        Followed first = new Followed();
        Tail open = result(writer.log.follow(namespace, first));
        long before = calls();
        Followed second = new Followed();
        Tail other = result(writer.log.follow(namespace, second));
        assertThat(calls() - before).isZero();
        assertThat(second.names).containsExactlyElementsOf(first.names).containsExactly("hall", "room");
        writer.create("attic", 0);
        await().until(() -> second.names.contains("attic") && first.names.contains("attic"));
        open.close();
        Followed third = new Followed();
        Tail last = result(writer.log.follow(namespace, third));
        assertThat(third.names).containsExactly("attic", "hall", "room");
        other.close();
        last.close();
    }

    @Test
    void readerThatMayHaveFewerGroups_isGivenNoMoreThanItMay() {
        writer.create("hall", 0);
        Namespace namespace = writer.group("room").namespace();
        Tail open = result(writer.log.follow(namespace, new Followed()));
        Followed small = new Followed() {
            @Override
            public int mostGroups() {
                return 0;
            }
        };
        result(writer.log.follow(namespace, small)).close();
        assertThat(small.names).hasSize(1);
        open.close();
    }

    /** The names of a namespace's groups, as they come. */
    private static class Followed implements NamespaceReader {
        final List<String> names = new CopyOnWriteArrayList<>();

        @Override
        public void snapshot(List<GroupInfo> groups) {
            names.clear();
            groups.forEach(this::created);
        }

        @Override
        public void created(GroupInfo group) {
            names.add(group.id().name());
        }

        @Override
        public void deleted(GroupInfo group) {
            names.remove(group.id().name());
        }

        @Override
        public void failed(GroupException cause) {
            names.add("failed " + cause.code());
        }
    }
}

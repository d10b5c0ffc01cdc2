package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        TopicFilter large = TopicFilter.of(IntStream.range(0, 256)
                .mapToObj(i -> "%03d.".formatted(i) + "x".repeat(240))
                .toList());
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
    void batchOfLargeFilters_isHeardWhole() {
        RecordedGroup told = writer.open("room");
        TopicFilter large = TopicFilter.of(IntStream.range(0, 100)
                .mapToObj(i -> "%03d.".formatted(i) + "x".repeat(240))
                .toList());
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
}

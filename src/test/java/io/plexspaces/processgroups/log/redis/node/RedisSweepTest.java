package io.plexspaces.processgroups.log.redis.node;

import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.Waiting;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.NewerWriter;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.RedisStore;
import io.plexspaces.processgroups.log.redis.Writer;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Joins end in time, whatever else has expired. */
@Waiting
class RedisSweepTest {
    private static final String PREFIX = "test:";
    private static final RedisSettings SETTINGS = new RedisSettings(
            PREFIX,
            0,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100));

    private RedisProcess redis;
    private RedisStore store;
    private Writer writer;
    private NewerWriter newer;

    @BeforeEach
    void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        writer = new Writer(store.log(SETTINGS), Writer.newTenant());
        newer = new NewerWriter(redis, PREFIX);
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
    }

    private void leaseThatEndsAtOnce() {
        writer.create("room", 100);
        Command join = new Command.Join(
                List.of(new ActorId("alice")),
                TopicFilter.ALL,
                new Owner.Lease("lease"),
                writer.node,
                Duration.ofMillis(1));
        result(writer.log.append(writer.group("room"), null, join, writer.operation()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 250})
    void groupsThatCannotBeEnded_keepNoOtherFromIt(int broken) {
        for (int i = 0; i < broken; i++) {
            newer.replaceByText(writer.group("broken" + i));
            newer.due(writer.tenant + " default broken" + i);
        }
        leaseThatEndsAtOnce();
        await().atMost(Duration.ofSeconds(3)).until(() -> writer.expire() == 1);
        assertThat(writer.expire()).isZero();
    }

    @Test
    void namesThatAreNone_keepNoGroupFromItsEnd() {
        for (int i = 0; i < 250; i++) {
            newer.due("none" + i);
        }
        leaseThatEndsAtOnce();
        await().atMost(Duration.ofSeconds(3)).until(() -> writer.expire() == 1);
    }

    @Test
    void moreThanEverEnds_isLeftToTheNextCall() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        String[] add = Stream.concat(
                        Stream.of("ZADD", new Keys(PREFIX, 1).partition(0).due()),
                        Stream.iterate(0, i -> i + 1)
                                .limit(2_000)
                                .flatMap(i -> Stream.of("1", writer.tenant + " default gone" + i)))
                .toArray(String[]::new);
        CompletableFuture<Void> filling = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                redis.call(add);
            }
        });
        try {
            long begun = System.nanoTime();
            writer.log.expire(writer.operation()).subscribeAsCompletionStage().get(15, TimeUnit.SECONDS);
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(Sweep.BEGINS_FOR.toNanos());
        } finally {
            enough.set(true);
            filling.get(10, TimeUnit.SECONDS);
        }
    }
}

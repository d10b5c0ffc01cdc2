package io.plexspaces.processgroups.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.log.redis.RedisStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In Redis. */
class RoomsOnRedisTest extends RoomsContract {
    private static final LogLimits LIMITS = new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000);

    private static RedisProcess redis;
    private static RedisStore store;

    private RedisGroupLog log;
    private CoreFixture core;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    @BeforeEach
    void open() {
        redis.call("FLUSHALL");
        log = store.log(LIMITS);
        core = CoreFixture.on(log, Duration.ofSeconds(5), CoreFixture.NODE);
    }

    @AfterEach
    void close() {
        core.close();
        log.close();
    }

    @Override
    CoreFixture core() {
        return core;
    }

    /** What has no end of its own is of the node, or says what the store is. */
    @Override
    void checkNothingIsLeft() {
        String lasting = """
                local found = {}
                for _, key in ipairs(redis.call('KEYS', '*')) do
                  if redis.call('PTTL', key) == -1 then
                    found[#found + 1] = key
                  end
                end
                return found
                """;
        List<String> left = Stream.of(redis.call("EVAL", lasting, "0").split("\r\n"))
                .filter(line -> line.startsWith("processgroups:"))
                .map(key -> key.replaceFirst(".*\\}:", ""))
                .toList();
        assertThat(left)
                .allMatch(key -> key.matches(
                        "(format|formats|birth|lineage|nodes|node:.*|tenant:[^:]*:namespace:[^:]*" + ":version)"));
    }

    /** Whoever is there does it, and nothing but the store has to know that it is to be done. */
    @Test
    void nodeThatMadeTheRoomIsGone_anotherOneDeletesIt() {
        GroupId group = core.group("room");
        Duration wait = Duration.ofMillis(300);
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(128, Duration.ofMinutes(5)), null, wait);
        CoreFixture.await(core.groups.join(new Groups.JoinRequest(
                group,
                List.of(new ActorId("a")),
                TopicFilter.ALL,
                null,
                null,
                null,
                JoinMetadata.NONE,
                new Missing(spec, known -> {}))));
        core.leave(group, "a");
        core.close();
        log.close();
        RedisGroupLog next = store.log(LIMITS);
        CoreFixture other = CoreFixture.on(next, Duration.ofSeconds(5), new NodeId("other"));
        Awaitility.await().untilAsserted(() -> {
            CoreFixture.await(next.expire(other.operations.next()));
            assertThat(redis.call("KEYS", "*:group:room")).startsWith("*0");
        });
        other.close();
        next.close();
    }
}

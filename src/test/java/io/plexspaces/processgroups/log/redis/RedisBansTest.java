package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What bans leave in Redis, and what they are beside servers that know none. */
class RedisBansTest {
    private static final String TAG = Slots.evenTags(1).get(0);
    private static final RedisSettings SETTINGS = new RedisSettings(
            "",
            0,
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(15),
            new LogLimits(100, 100, 8, 8, 8, 1 << 20, 8));
    private static RedisProcess redis;
    private static RedisStore store;

    private final Writer writer = new Writer(store.log(SETTINGS), Writer.newTenant());
    private final String key = "{" + TAG + "}:tenant:" + writer.tenant + ":namespace:default:group:room";

    @BeforeAll
    static void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    private void evict(String actor, Duration ban) {
        Command evict = new Command.Evict(new ActorId(actor), ban);
        result(writer.log.append(writer.group("room"), null, evict, writer.operation()));
    }

    private void isBanned(String actor) {
        assertThat(failure(writer.joining("room", actor, new Owner.Durable(writer.node))))
                .isEqualTo(ErrorCode.BANNED);
    }

    private String call(String... words) {
        return redis.call(words).trim();
    }

    @Test
    void key_goesWithTheLastBan() {
        writer.create("room", 0);
        evict("alice", Duration.ofMillis(300));
        evict("bob", Duration.ofMillis(100));
        assertThat(call("ZCARD", key + ":bans")).isEqualTo(":2");
        await().until(() -> call("EXISTS", key + ":bans").equals(":0"));
        writer.join("room", "alice");
        writer.join("room", "bob");
    }

    @Test
    void bansThatHaveRunOut_areForgottenByFurtherOnes() {
        writer.create("room", 0);
        evict("longest", Duration.ofDays(1));
        evict("alice", Duration.ofMillis(1));
        evict("bob", Duration.ofMillis(1));
        await().untilAsserted(() -> {
            evict("longest", Duration.ofDays(1));
            assertThat(call("ZCARD", key + ":bans")).isEqualTo(":1");
        });
    }

    @Test
    void bansOfAGroupThatAnOlderServerDeleted_areNotThoseOfTheNext() {
        writer.create("room", 0);
        evict("alice", Duration.ofDays(1));
        call("RENAME", key + ":bans", key + ":kept");
        writer.delete("room");
        writer.create("room", 0);
        call("RENAME", key + ":kept", key + ":bans");
        writer.join("room", "alice");
        evict("bob", Duration.ofDays(1));
        isBanned("bob");
        writer.join("room", "alice");
    }

    @Test
    void anotherEpochOfTheSameLog_keepsThem() {
        writer.create("room", 0);
        evict("alice", Duration.ofDays(1));
        call("HSET", key, "g", "of-another-history");
        writer.join("room", "bob");
        isBanned("alice");
    }
}

package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Evictions;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
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

    /** Of a store of several partitions: groups of a tenant lie in all of them. */
    private static final RedisSettings PARTS = new RedisSettings(
            "parts:", 8, SETTINGS.patience(), SETTINGS.check(), SETTINGS.leaseTtl(), SETTINGS.limits());

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
    void bansOfATenant_areTheSameInAllPartitions_whoeverWasLast() {
        Writer one = new Writer(store.log(PARTS), Writer.newTenant());
        Writer two = new Writer(store.log(PARTS), one.tenant);
        List<String> groups = IntStream.range(0, 24).mapToObj(i -> "group-" + i).toList();
        groups.forEach(group -> one.create(group, 0));
        for (int i = 0; i < 30; i++) {
            ActorId actor = new ActorId("actor-" + i % 5);
            result(Uni.join()
                    .all(
                            one.log.evict(one.tenant, actor, Duration.ofDays(1)),
                            two.log.evict(one.tenant, actor, Duration.ZERO),
                            one.log.evict(one.tenant, actor, null))
                    .andFailFast());
            boolean banned = notes(one).stream()
                    .anyMatch(note ->
                            note.tenant().equals(one.tenant) && note.actor().equals(actor) && note.until() != null);
            for (String group : groups) {
                Uni<Appended> joining = two.joining(group, actor.value(), new Owner.Durable(two.node));
                if (banned) {
                    assertThat(failure(joining)).isEqualTo(ErrorCode.BANNED);
                } else {
                    result(joining);
                }
            }
        }
    }

    private static List<Evictions.Note> notes(Writer of) {
        return result(of.log.notesAfter(0)).notes();
    }

    @Test
    void notes_areForgotten_andTheirKeysExpire() {
        String home = "{" + TAG + "}:evicted";
        result(writer.log.evict(writer.tenant, new ActorId("alice"), Duration.ofDays(2)));
        result(writer.log.evict(writer.tenant, new ActorId("bob"), null));
        assertThat(call("HGET", home + ":tenants", writer.tenant)).endsWith("2");
        for (String key : List.of(home, home + ":numbers", home + ":forgotten", home + ":tenants")) {
            assertThat(Long.parseLong(call("PTTL", key).substring(1)))
                    .as(key)
                    .isBetween(Duration.ofDays(1).toMillis(), Duration.ofDays(3).toMillis());
        }
        call("ZADD", home + ":forgotten", "1", writer.tenant + " alice");
        result(writer.log.evict(writer.tenant, new ActorId("bob"), null));
        assertThat(call("HGET", home + ":tenants", writer.tenant)).endsWith("1");
        assertThat(notes(writer)).extracting(Evictions.Note::actor).containsExactly(new ActorId("bob"));
    }

    /** Those of a newer server, or damaged ones: later evictions must arrive all the same. */
    @Test
    void noteThatCannotBeRead_isLeftOut_reported_andStopsNoOther() {
        String home = "{" + TAG + "}:evicted";
        RedisGroupLog log = store.log(SETTINGS);
        long number = result(log.notesAfter(0)).last();
        long later = System.currentTimeMillis() * 1_000 + 60_000_000;
        call("ZADD", home + ":numbers", Long.toString(later), "nobody");
        call("ZADD", home + ":numbers", Long.toString(later + 1), writer.tenant + " newer also");
        call("HSET", home, writer.tenant + " newer also", later + 3_600_000_000L + " more");
        result(log.evict(writer.tenant, new ActorId("alice"), null));

        Evictions.Notes notes = result(log.notesAfter(number));
        assertThat(notes.notes())
                .extracting(Evictions.Note::actor)
                .containsExactly(new ActorId("newer"), new ActorId("alice"));
        assertThat(notes.notes().get(0).until()).isNotNull();
        assertThat(log.unreadable()).isEqualTo(1);
        assertThat(log.unreadableLately()).get().asString().contains("evictions");

        call("ZADD", home + ":numbers", Long.toString(later + 10), "nobody");
        Evictions.Notes broken = result(log.notesAfter(notes.last()));
        assertThat(broken.notes()).isEmpty();
        assertThat(broken.last()).as("it is not read again").isEqualTo(later + 10);
        call("ZREM", home + ":numbers", "nobody", writer.tenant + " newer also");
    }

    @Test
    void noteThatTheStoreLoses_isNoBanThatHolds() throws Exception {
        String home = "{" + TAG + "}:evicted";
        try (Proxy proxy = new Proxy(redis.port());
                RedisStore through = RedisStore.at(proxy.address())) {
            RedisGroupLog log = through.log(SETTINGS);
            ActorId lost = new ActorId("lost");
            result(log.notesAfter(0));
            proxy.holdFrom("look");
            var evicting = log.evict(writer.tenant, lost, Duration.ofDays(1)).subscribeAsCompletionStage();
            await().until(() -> call("KEYS", "*" + writer.tenant + ":bans").contains(writer.tenant));
            call("ZREM", home + ":numbers", writer.tenant + " lost");
            call("HDEL", home, writer.tenant + " lost");
            proxy.away(true);
            proxy.hold(false);
            proxy.away(false);
            assertThat(failure(Uni.createFrom().completionStage(evicting))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        }
    }

    @Test
    void shorterBanAfterALiftedOne_goesInTime_too() {
        writer.create("room", 0);
        evict("alice", Duration.ofDays(1));
        evict("alice", Duration.ZERO);
        evict("bob", Duration.ofHours(1));
        assertThat(Long.parseLong(call("PTTL", key + ":bans").substring(1))).isPositive();
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

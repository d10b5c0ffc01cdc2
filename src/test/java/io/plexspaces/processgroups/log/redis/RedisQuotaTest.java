package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.FewQuotas;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.StoreQuotas;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Quotas of a tenant whose groups lie in several partitions, on several servers, and in a store with faults. */
class RedisQuotaTest {
    private static final int GROUPS = FewQuotas.GROUPS;
    private static final int MEMBERS = FewQuotas.MEMBERS;
    private static final int PARTITIONS = 8;

    private static RedisProcess redis;
    private static RedisStore store;
    private static RedisGroupLog one;
    private static RedisGroupLog two;

    /** One of an earlier version, or with another configuration: it knows no quotas. */
    private static RedisGroupLog older;

    private final String tenant = FewQuotas.PREFIX + UUID.randomUUID();
    private final Writer first = new Writer(one, tenant);
    private final Writer second = new Writer(two, tenant);
    private final Writer unlimited = new Writer(older, tenant);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
        one = store.log(settings(new FewQuotas()));
        two = store.log(settings(new FewQuotas()));
        older = store.log(settings(StoreQuotas.NONE));
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    private static RedisSettings settings(StoreQuotas quotas) {
        LogLimits limits = new LogLimits(10_000, 10_000, 8, 8, 1_000, 1 << 20, 100, 512 * 1024, 100, 100, quotas);
        return new RedisSettings(
                "quota:", PARTITIONS, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(15), limits);
    }

    private static Uni<Appended> joining(Writer by, String group, String actor) {
        return by.joining(group, actor, new Owner.Durable(by.node));
    }

    private static boolean joins(Writer by, String group, String actor) {
        return result(joining(by, group, actor)
                .replaceWith(true)
                .onFailure(failure -> GroupException.is(failure, ErrorCode.QUOTA_EXCEEDED))
                .recoverWithItem(false));
    }

    private static String someone() {
        return "a" + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    }

    private static void isRefused(Writer by, String group) {
        assertThat(failure(joining(by, group, someone()))).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
    }

    private int members() {
        return result(older.groups(new GroupQuery(tenant, null, Glob.ANY, null, 10_000))).groups().stream()
                .mapToInt(GroupInfo::memberCount)
                .sum();
    }

    /** In partitions of which two at least differ. */
    private void rooms() {
        IntStream.range(0, GROUPS).forEach(i -> unlimited.create("room-" + i, 0));
    }

    private String membersOf(String group) {
        return new Keys("quota:", PARTITIONS).group(first.group(group)).members();
    }

    @Test
    void groupsOfAllServers_countTogether() {
        first.create("one", 0);
        second.create("two", 0);
        unlimited.create("three", 0);
        for (Writer writer : List.of(first, second)) {
            assertThat(failure(writer.log.append(writer.group("four"), null, create(), writer.operation())))
                    .isEqualTo(ErrorCode.QUOTA_EXCEEDED);
        }
        second.delete("one");
        first.create("four", 0);
    }

    private static Command create() {
        return new Command.Create(new GroupSpec(GroupSpec.Metadata.NONE, new Retention(0, Duration.ofHours(1)), null));
    }

    @Test
    void groupThatIsThereButNotInTheIndex_exists() {
        rooms();
        Keys.Index index = new Keys("quota:", PARTITIONS).index(tenant);
        redis.call("HDEL", index.epochs(), "default room-0");
        assertThat(failure(first.log.append(first.group("room-0"), null, create(), first.operation())))
                .isEqualTo(ErrorCode.GROUP_EXISTS);
    }

    @Test
    void membersOfOlderServers_count_andAreNotHindered() {
        rooms();
        IntStream.range(0, MEMBERS + 2).forEach(i -> unlimited.join("room-" + i % GROUPS, "a" + i));
        isRefused(first, "room-1");
        isRefused(second, "room-2");
        first.join("room-0", "a0");
        second.join("room-1", "a1");
        unlimited.join("room-0", "another");
        // There are three more than there may be.
        for (int i = 2; i < 5; i++) {
            result(unlimited.leaving("room-" + i % GROUPS, "a" + i));
            isRefused(first, "room-0");
        }
        result(unlimited.leaving("room-2", "a5"));
        assertThat(joins(first, "room-0", "a5")).isTrue();
        isRefused(second, "room-1");
    }

    @Test
    void quotaBelowWhatThereIs_letsNobodyIn_untilThereIsLess() {
        rooms();
        IntStream.range(0, MEMBERS + 1).forEach(i -> unlimited.join("room-" + i % GROUPS, "a" + i));
        isRefused(first, "room-0");
        result(second.leaving("room-0", "a0"));
        isRefused(first, "room-0");
        result(second.leaving("room-1", "a1"));
        assertThat(joins(first, "room-2", "b")).isTrue();
        isRefused(first, "room-0");
        assertThat(members()).isEqualTo(MEMBERS);
    }

    @Test
    void serversThatJoinAtOnce_exceedItByWhatTheOthersLetIn_andAgreeWithinASecond() {
        rooms();
        List<Uni<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Writer by = i % 2 == 0 ? first : second;
            all.add(joining(by, "room-" + i % GROUPS, "a" + i)
                    .replaceWith(true)
                    .onFailure(failure -> GroupException.is(failure, ErrorCode.QUOTA_EXCEEDED))
                    .recoverWithItem(false));
        }
        long done = result(Uni.join().all(all).andFailFast()).stream()
                .filter(in -> in)
                .count();
        assertThat(members()).isEqualTo((int) done).isLessThanOrEqualTo(2 * MEMBERS);
        while (members() < MEMBERS) {
            joins(first, "room-0", someone());
        }
        await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);
        int before = members();
        isRefused(first, "room-0");
        isRefused(second, "room-1");
        assertThat(members()).isEqualTo(before);
    }

    @Test
    void manyGroups_areCountedByPages() {
        int count = 1_100;
        for (int from = 0; from < count; from += 100) {
            List<Uni<Appended>> some = IntStream.range(from, from + 100)
                    .mapToObj(i ->
                            unlimited.log.append(unlimited.group("group-" + i), null, create(), unlimited.operation()))
                    .toList();
            result(Uni.join().all(some).andFailFast());
        }
        // At both ends of the index, and on the second page of it.
        List<String> held = List.of("group-0", "group-999", "group-550", "group-1099");
        held.forEach(group -> unlimited.join(group, "ann"));
        assertThat(joins(first, "group-7", "ann")).isTrue();
        isRefused(first, "group-8");
        assertThat(members()).isEqualTo(MEMBERS);
    }

    @Test
    void partitionThatCannotBeCounted_leavesTheLastCount_andOthersGoOn() {
        List<String> rooms = List.of("room-0", "room-1", "hall-0", "hall-1", "hall-2", "hall-3", "hall-4", "hall-5");
        rooms.forEach(room -> unlimited.create(room, 0));
        IntStream.range(0, MEMBERS - 1).forEach(i -> first.join("room-0", "a" + i));
        String broken = membersOf("room-0");
        String tag = broken.substring(0, broken.indexOf("tenant"));
        String other = rooms.stream()
                .filter(room -> !membersOf(room).startsWith(tag))
                .findFirst()
                .orElseThrow();
        redis.call("RENAME", broken, broken + ":kept");
        redis.call("SET", broken, "not members");
        await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);
        assertThat(failure(joining(second, other, "last"))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(joins(first, other, "last")).isTrue();
        isRefused(first, other);
        redis.call("DEL", broken);
        redis.call("RENAME", broken + ":kept", broken);
        isRefused(first, "room-0");
        isRefused(second, other);
        assertThat(members()).isEqualTo(MEMBERS);
    }

    @Test
    void indexThatCannotBeRead_failsTheJoinsOfAServerThatHasNotCountedYet_untilItCan() {
        rooms();
        first.join("room-0", "a0");
        String index = new Keys("quota:", PARTITIONS).index(tenant).groups();
        redis.call("RENAME", index, index + ":kept");
        redis.call("SET", index, "no index");
        assertThat(failure(joining(second, "room-0", "a1"))).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        result(second.leaving("room-0", "a0"));
        assertThat(joins(first, "room-0", "a2")).isTrue();
        redis.call("DEL", index);
        redis.call("RENAME", index + ":kept", index);
        assertThat(joins(second, "room-0", "a1")).isTrue();
    }

    @Test
    void joinsBesideAnEmptiedStore_beginAnew() {
        rooms();
        IntStream.range(0, MEMBERS).forEach(i -> first.join("room-0", "a" + i));
        isRefused(first, "room-1");
        first.delete("room-0");
        IntStream.range(0, MEMBERS)
                .forEach(i -> assertThat(joins(first, "room-1", "b" + i)).isTrue());
        isRefused(first, "room-1");
    }

    @Test
    void groupThatTheStoreHasLost_isMadeAgain_whateverTheQuota() {
        rooms();
        unlimited.create("beyond", 10);
        RecordedGroup told = first.open("beyond");
        Keys keys = new Keys("quota:", PARTITIONS);
        Keys.Group lost = keys.group(first.group("beyond"));
        redis.call("DEL", lost.group());
        redis.call("SET", lost.partition().birth(), "1");
        redis.call("ZREM", keys.index(tenant).groups(), "default beyond");
        redis.call("HDEL", keys.index(tenant).epochs(), "default beyond");
        await().atMost(Duration.ofSeconds(15)).until(() -> told.snapshots.size() > 1);
        assertThat(told.last().info().epoch())
                .isNotEqualTo(told.snapshots.get(0).info().epoch());
    }
}

package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.Writer.failure;
import static io.plexspaces.processgroups.log.redis.Writer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.redis.append.PendingChange;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the scripts leave in the store, and what several servers see of each other there.
 *
 * <p>One file, as every case is a look into the same keys.
 */
class RedisStoreStateTest {
    private static final LogLimits LIMITS = new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 100);
    private static final Duration TTL = Duration.ofMillis(700);
    private static final String TAG = Slots.evenTags(1).get(0);

    private static RedisProcess redis;
    private static RedisStore store;

    private final String tenant = Writer.newTenant();
    private final Writer one = new Writer(store.log(settings()), tenant);
    private final Writer two = new Writer(store.log(settings()), tenant);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
        store = RedisStore.of(redis);
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    private static RedisSettings settings() {
        return new RedisSettings("", 0, Duration.ofSeconds(5), Duration.ofSeconds(2), TTL, LIMITS);
    }

    private Set<String> keys() {
        String all = redis.call("KEYS", "*" + tenant + "*");
        return Pattern.compile("\r\n")
                .splitAsStream(all)
                .filter(line -> line.contains(tenant))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private GroupPage list() {
        return result(one.log.groups(new GroupQuery(tenant, null, Glob.ANY, null, 100)));
    }

    @Test
    void afterTheDelete_onlyKeysThatExpireRemain() {
        one.create("room", 100);
        RecordedGroup told = two.open("room");
        result(one.joining("room", "alice", one.session("s")));
        result(one.joining("room", "bob", new Owner.Lease("l")));
        two.join("room", "carol");
        one.publish("room", "x");
        assertThat(keys()).isNotEmpty();
        two.delete("room");
        await().until(() ->
                !told.entries.isEmpty() && told.entries.get(told.entries.size() - 1) instanceof Entry.Deleted);
        await().untilAsserted(() -> assertThat(redis.call("ZRANGE", "{" + TAG + "}:outbox", "0", "-1"))
                .doesNotContain(tenant));
        for (String key : keys()) {
            String left = redis.call("PTTL", key).trim().substring(1);
            assertThat(Long.parseLong(left)).as(key).isBetween(0L, 60_000L);
        }
        for (String shared : List.of("due", "held", "outbox")) {
            assertThat(redis.call("ZRANGE", "{" + TAG + "}:" + shared, "0", "-1"))
                    .doesNotContain(tenant);
        }
    }

    @Test
    void everyoneLeft_noMembershipRemains() {
        one.create("room", 0);
        result(one.joining("room", "alice", one.session("s")));
        result(one.joining("room", "alice", new Owner.Lease("l")));
        result(one.log.append(
                one.group("room"),
                null,
                new Command.Leave(new ActorId("alice"), null, true, LeaveReason.LEFT),
                one.operation()));
        assertThat(keys())
                .noneMatch(key -> key.endsWith(":members")
                        || key.endsWith(":leases")
                        || key.endsWith(":owned")
                        || key.endsWith(":messages"));
    }

    @Test
    void idempotencyKey_isForgottenAfterItsTime() {
        one.create("room", 100);
        Bytes payload = Bytes.wrap(new byte[] {1});
        Message message = new Message("", null, "", payload, null, 0, null, Map.of(), "key", "", "");
        Command publish = new Command.Publish(message, null, Dispatch.ALL, false);
        result(one.log.append(one.group("room"), null, publish, one.operation()));
        assertThat(result(one.log.append(one.group("room"), null, publish, one.operation()))
                        .repeated())
                .isTrue();
        String key = "{" + TAG + "}:tenant:" + tenant + ":namespace:default:group:room";
        long longAgo = (System.currentTimeMillis() - 121_000) * 1_000;
        redis.call("HSET", key + ":keys", "key", "2 " + longAgo);
        assertThat(result(one.log.append(one.group("room"), null, publish, one.operation()))
                        .repeated())
                .isFalse();
        redis.call("HSET", key + ":keys", "key", "3 " + longAgo);
        redis.call("ZADD", "{" + TAG + "}:due", "1", tenant + " default room");
        one.expire();
        assertThat(keys()).doesNotContain(key + ":keys", key + ":keyorder");
    }

    @Test
    void idempotencyKey_behindManyThatAreOldToo_isForgotten() {
        LogLimits limits = new LogLimits(1_000, 1_000, 8, 8, 1_000, 1 << 20, 1_000);
        Writer busy = new Writer(
                store.log(new RedisSettings("", 0, Duration.ofSeconds(5), Duration.ofSeconds(2), TTL, limits)), tenant);
        busy.create("room", 100);
        List<Uni<Appended>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            all.add(keyed(busy, "key" + i));
        }
        result(Uni.join().all(all).andFailFast());
        String age =
                "for _, k in ipairs(redis.call('HKEYS', KEYS[1])) do redis.call('HSET', KEYS[1], k, '2 ' .. ARGV[1])"
                        + " end";
        String longAgo = Long.toString((System.currentTimeMillis() - 121_000) * 1_000);
        redis.call("EVAL", age, "1", key("room") + ":keys", longAgo);
        assertThat(result(keyed(busy, "key299")).repeated()).isFalse();
        for (int i = 0; i < 5; i++) {
            assertThat(result(keyed(busy, "key299")).repeated()).isTrue();
        }
        assertThat(redis.call("HLEN", key("room") + ":keys"))
                .isEqualTo(redis.call("LLEN", key("room") + ":keyorder"))
                .startsWith(":1\r");
    }

    private static Uni<Appended> keyed(Writer writer, String idempotencyKey) {
        Bytes payload = Bytes.wrap(new byte[] {1});
        Message message = new Message("", null, "", payload, null, 0, null, Map.of(), idempotencyKey, "", "");
        Command publish = new Command.Publish(message, null, Dispatch.ALL, false);
        return writer.log.append(writer.group("room"), null, publish, writer.operation());
    }

    @Test
    void namesWithColons_doNotMeet() {
        Writer strange = new Writer(one.log, tenant + ":namespace:x");
        GroupId tricky = GroupId.of(tenant, "x:group:y", "z");
        GroupId plain = GroupId.of(tenant, "x", "y:group:z");
        for (GroupId group : List.of(tricky, plain)) {
            one.log
                    .append(group, null, new Command.Create(spec()), one.operation())
                    .await()
                    .atMost(Duration.ofSeconds(10));
        }
        strange.create("room", 1);
        assertThat(list().groups()).extracting(info -> info.id()).containsExactlyInAnyOrder(plain, tricky);
    }

    private static GroupSpec spec() {
        return new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ofMinutes(1)), null);
    }

    @Test
    void twoServers_seeOneOrder() {
        one.create("room", 100_000);
        RecordedGroup first = one.open("room");
        RecordedGroup second = two.open("room");
        for (int i = 0; i < 500; i++) {
            (i % 2 == 0 ? one : two)
                    .publishing("room", Integer.toString(i))
                    .subscribe()
                    .with(done -> {});
        }
        await().until(() -> first.offset() == 501 && second.offset() == 501);
        assertThat(second.entries).isEqualTo(first.entries);
        assertThat(first.holes).isEmpty();
    }

    @Test
    void lapsedLease_refusesEveryWriteAndEndsItsSessionsOnce() {
        one.as(result(one.log.acquire(one.node)));
        one.create("room", 100);
        result(one.joining("room", "alice", one.session("s1")));
        result(one.joining("room", "alice", one.session("s2")));
        result(one.joining("room", "bob", one.session("s3")));
        one.join("room", "bob");
        RecordedGroup told = two.open("room");
        assertThat(two.expire()).isZero();
        await().atMost(Duration.ofSeconds(5)).until(() -> two.expire() > 0);
        two.expire();
        await().until(() -> told.entries.size() == 2);
        assertThat(told.entries).allMatch(entry -> ((Entry.Left) entry).reason() == LeaveReason.NODE_DOWN);
        List<Membership> left = two.open("room").last().members();
        assertThat(left).hasSize(1);
        assertThat(left.get(0).actor()).isEqualTo(new ActorId("bob"));
        assertThat(left.get(0).holdings()).hasSize(1);

        assertThat(failure(one.publishing("room", "x"))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(one.joining("room", "alice", one.session("s1")))).isEqualTo(ErrorCode.FENCED);
        assertThat(redis.call("ZRANGE", "{" + TAG + "}:nodes", "0", "-1")).doesNotContain(one.node.value());
        one.as(result(one.log.acquire(one.node)));
        one.publish("room", "y");
    }

    @Test
    void releasedLease_leavesItsSessionsJoinsForTheGrace() {
        NodeLease lease = result(one.log.acquire(one.node));
        one.as(lease);
        one.create("room", 100);
        result(one.joining("room", "alice", one.session("s1")));
        result(one.joining("room", "bob", one.session("s2")));
        Duration grace = TTL.multipliedBy(2);
        long end = System.nanoTime() + grace.toNanos();
        result(one.log.release(lease, grace));
        assertThat(failure(one.publishing("room", "x"))).isEqualTo(ErrorCode.FENCED);

        Owner.Session elsewhere = new Owner.Session("s1", two.node, 1);
        Command takeOver = new Command.TakeOver(new ActorId("alice"), elsewhere, two.node);
        result(two.log.append(two.group("room"), null, takeOver, two.operation()));
        result(one.log.acquire(one.node));
        await().pollInterval(Duration.ofMillis(20)).until(() -> two.expire() > 0);
        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(end);
        assertThat(two.open("room").last().members())
                .extracting(Membership::actor)
                .containsExactly(new ActorId("alice"));
        assertThat(two.expire()).isZero();
    }

    @Test
    void renewedLease_lastsAndRunsOutForGood() {
        NodeLease lease = result(one.log.acquire(one.node));
        one.as(lease);
        one.create("room", 100);
        long end = System.nanoTime() + 2 * TTL.toNanos();
        await().pollInterval(TTL.dividedBy(7)).until(() -> {
            result(one.log.renew(lease));
            return System.nanoTime() > end;
        });
        one.publish("room", "x");
        await().pollDelay(TTL.plusMillis(50)).until(() -> true);
        assertThat(failure(one.log.renew(lease))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(one.publishing("room", "x"))).isEqualTo(ErrorCode.FENCED);
        NodeLease next = result(one.log.acquire(one.node));
        assertThat(next.incarnation()).isGreaterThan(lease.incarnation());
        assertThat(failure(one.log.renew(lease))).isEqualTo(ErrorCode.FENCED);
        assertThat(failure(one.log.release(lease, Duration.ZERO))).isEqualTo(ErrorCode.FENCED);
        result(one.log.renew(next));
        result(one.log.release(next, Duration.ZERO));
        one.as(next);
        assertThat(failure(one.publishing("room", "x"))).isEqualTo(ErrorCode.FENCED);
    }

    @Test
    void createdByAServerThatDiedBeforeListing_isListedByTheSweep() {
        String name = tenant + " default lost";
        String base = "{" + TAG + "}:tenant:" + tenant + ":namespace:default:group:lost";
        one.create("model", 100);
        String model = "{" + TAG + "}:tenant:" + tenant + ":namespace:default:group:model";
        redis.call("COPY", model, base);
        redis.call("HSET", base, "e", "epoch-of-lost");
        redis.call("ZADD", "{" + TAG + "}:outbox", "1", "+" + name + " epoch-of-lost");
        assertThat(list().groups()).hasSize(1);
        one.expire();
        await().until(() -> list().groups().size() == 2);
        assertThat(list().total()).isEqualTo(2);
        await().untilAsserted(() -> assertThat(redis.call("ZRANGE", "{" + TAG + "}:outbox", "0", "-1"))
                .doesNotContain(tenant));
    }

    @Test
    void deletedByAServerThatDiedBeforeUnlisting_isNotListedAndTakenOut() {
        one.create("ghost", 100);
        one.create("room", 100);
        String base = "{" + TAG + "}:tenant:" + tenant + ":namespace:default:group:ghost";
        redis.call("DEL", base);
        assertThat(list().groups()).extracting(info -> info.id().name()).containsExactly("room");
        assertThat(list().total()).isEqualTo(1);
        await().untilAsserted(
                        () -> assertThat(redis.call("ZRANGE", "{" + TAG + "}:tenant:" + tenant + ":groups", "0", "-1"))
                                .doesNotContain("ghost"));
    }

    /** A writer whose groups may have many members. */
    private Writer busy() {
        LogLimits limits = new LogLimits(1_000, 200_000, 8, 8, 1_000, 1 << 20, 100);
        return new Writer(
                store.log(new RedisSettings("", 0, Duration.ofSeconds(30), Duration.ofSeconds(2), TTL, limits)),
                tenant);
    }

    private static void fill(Writer busy, String name, int members) {
        for (int from = 0; from < members; from += 1_000) {
            List<ActorId> actors = IntStream.range(from, from + 1_000)
                    .mapToObj(i -> new ActorId("actor-" + i))
                    .toList();
            Owner owner = new Owner.Durable(busy.node);
            Command join = new Command.Join(actors, TopicFilter.ALL, owner, busy.node, null);
            result(busy.log.append(busy.group(name), null, join, busy.operation()));
        }
    }

    @Test
    void publish_costsTheSameBesideManyMembers() {
        Writer busy = busy();
        busy.create("small", 100);
        busy.create("large", 100);
        fill(busy, "large", 20_000);
        long small = commandsOf(() -> busy.publish("small", "x"));
        long large = commandsOf(() -> busy.publish("large", "x"));
        assertThat(large).isEqualTo(small);
        assertThat(busy.open("large").last().members()).hasSize(20_000);
    }

    @Test
    void manyMembers_openedWhileTheyChange_areExact() {
        Writer busy = busy();
        busy.create("large", 0);
        fill(busy, "large", 10_000);
        AtomicBoolean stop = new AtomicBoolean();
        Thread changes = new Thread(() -> {
            Random random = new Random(1);
            while (!stop.get()) {
                String actor = "actor-" + random.nextInt(12_000);
                if (random.nextBoolean()) {
                    busy.join("large", actor);
                } else {
                    Command leave = new Command.Leave(new ActorId(actor), null, true, LeaveReason.LEFT);
                    result(busy.log
                            .append(busy.group("large"), null, leave, busy.operation())
                            .onFailure()
                            .recoverWithNull());
                }
                busy.publishing("large", "x").subscribe().with(done -> {});
            }
        });
        changes.start();
        List<RecordedGroup> all =
                IntStream.range(0, 10).mapToObj(i -> two.open("large")).toList();
        stop.set(true);
        await().until(() -> !changes.isAlive());
        long end = busy.publish("large", "last").position().offset();
        Map<ActorId, Membership> expected = busy.open("large").members();
        for (RecordedGroup told : all) {
            await().until(() -> told.offset() == end);
            assertThat(told.holes).isEmpty();
            assertThat(told.members()).isEqualTo(expected);
        }
    }

    private String key(String name) {
        return "{" + TAG + "}:tenant:" + tenant + ":namespace:default:group:" + name;
    }

    private static long number(String answer) {
        return Long.parseLong(answer.trim().substring(1));
    }

    @Test
    void joinOfAMemberWithManyOwners_costsByTheirNumber_andDoesNotPileUp() {
        LogLimits limits = new LogLimits(1_000, 1_000, 8, 1_000, 1_000, 1 << 20, 100);
        Writer many = new Writer(
                store.log(new RedisSettings("", 0, Duration.ofSeconds(30), Duration.ofSeconds(2), TTL, limits)),
                tenant);
        many.create("room", 0);
        long few = 0;
        for (int i = 0; i < 800; i++) {
            many.joining("room", "alice", labelled(i)).await().atMost(Duration.ofSeconds(10));
            few = i == 99 ? microsOfJoin(many) : few;
        }
        assertThat(microsOfJoin(many)).isLessThan(20 * few);
        assertThat(number(redis.call("MEMORY", "USAGE", key("room") + ":changes", "SAMPLES", "0")))
                .isLessThan(8 << 20);
    }

    private static Owner labelled(int number) {
        return new Owner.Durable(new NodeId("n" + number + "x".repeat(250)));
    }

    /** Of the script, at best. */
    private static long microsOfJoin(Writer writer) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            redis.call("CONFIG", "RESETSTAT");
            writer.joining("room", "alice", labelled(0)).await().atMost(Duration.ofSeconds(10));
            Matcher said = Pattern.compile("cmdstat_evalsha:calls=\\d+,usec=(\\d+)")
                    .matcher(redis.call("INFO", "commandstats"));
            assertThat(said.find()).isTrue();
            least = Math.min(least, Long.parseLong(said.group(1)));
        }
        return least;
    }

    @Test
    void changesThatFailInTheMiddle_doNotEndTheGroup() {
        one.create("room", 1_000);
        RecordedGroup told = two.open("room");
        redis.call("HSET", key("room") + ":members", "bob", "junk");
        List<Uni<Appended>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(one.publishing("room", Integer.toString(i)).onFailure().recoverWithNull());
        }
        all.add(one.joining("room", "bob", new Owner.Durable(one.node))
                .onFailure()
                .recoverWithNull());
        result(Uni.join().all(all).andCollectFailures());
        redis.call("HDEL", key("room") + ":members", "bob");
        long end = one.publish("room", "after").position().offset();
        assertThat(end).isGreaterThan(102);
        await().until(() -> told.offset() == end);
        assertThat(told.holes).isEmpty();
    }

    @Test
    void veryMuchPublished_isStillNumbered() {
        one.create("room", 10);
        RecordedGroup told = two.open("room");
        String weigh = "local m = redis.call('HGET', KEYS[1], 'm') return redis.call('HSET', KEYS[1], 'm', "
                + "string.sub(m, 1, 48) .. struct.pack('<d', 1e14 + 1) .. string.sub(m, 57))";
        assertThat(redis.call("EVAL", weigh, "1", key("room"))).startsWith(":0");
        one.publish("room", "x");
        await().until(() -> told.texts().contains("x"));
        assertThat(result(one.log.read(one.group("room"), null, 10)).messages()).hasSize(1);
    }

    @Test
    void messageTooHeavyToRetain_leavesNoStreamThatStays() {
        one.create("room", 10);
        one.publish("room", "x".repeat(2 << 20));
        one.publish("room", "y");
        assertThat(number(redis.call("PTTL", key("room") + ":messages"))).isPositive();
    }

    @Test
    void changesWithAndWithoutALife_goTogether() {
        String epoch = one.create("room", 0).position().epoch();
        one.publish("room", "first");
        redis.call("CONFIG", "RESETSTAT");
        List<Uni<Appended>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Command publish = new Command.Publish(message(i), null, Dispatch.ALL, false);
            all.add(one.log.append(one.group("room"), i % 2 == 0 ? epoch : null, publish, one.operation()));
        }
        List<Appended> done = result(Uni.join().all(all).andCollectFailures());
        assertThat(done)
                .extracting(appended -> appended.position().offset())
                .isEqualTo(LongStream.range(3, 203).boxed().toList());
        Matcher said = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(redis.call("INFO", "commandstats"));
        assertThat(said.find()).isTrue();
        assertThat(Integer.parseInt(said.group(1))).isLessThan(100);
    }

    @Test
    void waitingChange_weighsWhatItKeeps() {
        List<String> topics = IntStream.range(0, 200)
                .mapToObj(i -> "topic-" + i + "x".repeat(200))
                .toList();
        Owner owner = new Owner.Durable(one.node);
        Command join = new Command.Join(List.of(new ActorId("a")), TopicFilter.of(topics), owner, one.node, null);
        Uni<Appended> kept = Uni.createFrom().emitter(answer -> {
            PendingChange change = new PendingChange(one.group("room"), one.operation(), null, join, 2, null, answer);
            assertThat(change.weight).isGreaterThan(40_000);
            change.fail(new IllegalStateException("only weighed"));
        });
        assertThatThrownBy(() -> result(kept)).hasMessage("only weighed");
    }

    private static Message message(int number) {
        Bytes payload = Bytes.wrap(new byte[] {(byte) number});
        return new Message("", null, "", payload, null, 0, null, Map.of(), "", "", "");
    }

    /** How many calls the script makes for it, each of which is O(1) or of the retained messages alone. */
    private static long commandsOf(Runnable work) {
        redis.call("CONFIG", "RESETSTAT");
        work.run();
        return Pattern.compile("cmdstat_(hset|hget|hmget|get|set|xadd|xtrim|publish|pexpire|hlen|zadd):")
                .matcher(redis.call("INFO", "commandstats"))
                .results()
                .count();
    }
}

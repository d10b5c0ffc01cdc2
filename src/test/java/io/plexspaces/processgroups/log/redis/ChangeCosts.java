package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.ScriptRuns.key;
import static io.plexspaces.processgroups.log.redis.ScriptRuns.name;

import io.plexspaces.processgroups.log.redis.ScriptCostTest.Row;
import io.plexspaces.processgroups.log.redis.ScriptRuns.Call;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The most that scripts can be asked for which change groups, or what they hold. */
final class ChangeCosts {
    /** As large as a filter can be. */
    static final String LARGE_FILTER = IntStream.range(0, 256)
            .mapToObj(i -> "%03d.".formatted(i) + "x".repeat(240))
            .collect(Collectors.joining(","));

    /** As much as a join may say. */
    private static final String METADATA = "2048:" + "x".repeat(2_900);

    private static final String OTHER = "2048:" + "y".repeat(2_900);

    /** Of one call. */
    private static final int UPDATES = StepSizes.CHANGES / StepSizes.UPDATE;

    private static final int LARGE = LARGE_FILTER.length();

    /** As many as one request may name. */
    private static final int ACTORS = 1_000;

    /** Joins or leaves of one call, each for itself. */
    private static final int MEMBERSHIPS = StepSizes.CHANGES / StepSizes.MEMBERSHIP;

    private final ScriptRuns runs;

    private ChangeCosts(ScriptRuns runs) {
        this.runs = runs;
    }

    static List<Row> rows(ScriptRuns runs) {
        ChangeCosts costs = new ChangeCosts(runs);
        List<Row> rows = new ArrayList<>(costs.appends());
        rows.addAll(costs.ends());
        return rows;
    }

    private List<Row> appends() {
        return List.of(
                new Row(Scripts.APPEND, "a batch of actors", 1_200, 1_500, group -> joining(group, ACTORS, "=")),
                new Row(Scripts.APPEND, "a batch of as many bytes as may be", 60, 5_000, group -> {
                    // Each of them is written, kept as an entry, and announced.
                    return joining(group, 512 * 1024 / (LARGE + 100), LARGE_FILTER);
                }),
                new Row(Scripts.APPEND, "a batch that is refused", 30, 300, group -> {
                    return joining(group, ACTORS, LARGE_FILTER);
                }),
                new Row(Scripts.APPEND, "a batch that is refused for what is there", 40, 2_000, group -> {
                    large(runs, group, 40);
                    return runs.append(group, List.of(join(actors(40), "a")));
                }),
                new Row(Scripts.APPEND, "a batch of actors beside many bans", 1_200, 1_600, group -> {
                    bans(group, 10_000, 4_000_000_000L);
                    return runs.append(group, List.of(join(actors(ACTORS), "=")));
                }),
                new Row(Scripts.APPEND, "bans of members beside many that have run out", 700, 200, group -> {
                    bans(group, 9_000, 1_000);
                    runs.appended(group, List.of(join(actors(MEMBERSHIPS), "=")));
                    return runs.append(group, each(MEMBERSHIPS, i -> evict("a" + i)));
                }),
                new Row(Scripts.APPEND, "joins of sessions", 700, 300, group -> {
                    runs.create(group, 10);
                    return runs.append(
                            group, each(MEMBERSHIPS, i -> join(List.of("a" + i), "=", "s:s" + i + "/n/7", "")));
                }),
                new Row(Scripts.APPEND, "joins that say as much as they may", 700, 1_200, group -> {
                    runs.create(group, 10);
                    return runs.append(
                            group, each(MEMBERSHIPS, i -> join(List.of("a" + i), "=", "s:s/n/7", "", METADATA)));
                }),
                new Row(Scripts.APPEND, "other metadata of members that say as much as they may", 40, 1_500, group -> {
                    saying(group, UPDATES);
                    return runs.append(group, each(UPDATES, i -> List.of("U", 1, "a" + i, "s:s0/n/7", OTHER)));
                }),
                new Row(Scripts.APPEND, "messages", 600, 1_500, group -> {
                    runs.create(group, 100_000);
                    return runs.append(group, each(StepSizes.CHANGES, i -> message(1_024)));
                }),
                new Row(Scripts.APPEND, "a large message that takes the place of many", 60, 5_000, group -> {
                    filled(group, 8_000, 1_000);
                    return runs.append(group, List.of(message(1 << 20)));
                }),
                new Row(Scripts.APPEND, "messages that nobody of many wants", 300, 600, group -> {
                    large(runs, group, 40);
                    return runs.append(group, each(StepSizes.CHANGES, i -> toOne("zz." + i)));
                }),
                new Row(Scripts.APPEND, "messages for one with a large filter", 300, 300, group -> {
                    large(runs, group, 1);
                    return runs.append(group, each(StepSizes.CHANGES, i -> toOne("zz." + i, "a0", "2")));
                }),
                new Row(Scripts.APPEND, "keys that find many old ones", 1_100, 100, group -> {
                    oldKeys(group, 10_000);
                    return runs.append(group, each(StepSizes.CHANGES / StepSizes.KEYED, i -> keyed("new" + i)));
                }));
    }

    private List<Row> ends() {
        return List.of(
                new Row(Scripts.EXPIRE, "leases", 1_100, 300, group -> {
                    leased(group, 2 * StepSizes.EXPIRED_ACTORS, "=");
                    return expiry(group);
                }),
                new Row(Scripts.EXPIRE, "leases with large filters", 100, 2_000, group -> {
                    leased(group, 40, LARGE_FILTER);
                    return expiry(group);
                }),
                new Row(Scripts.EXPIRE, "joins of a node that is gone", 1_600, 400, group -> {
                    runs.create(group, 10);
                    each(2, half -> half)
                            .forEach(half -> runs.appended(
                                    group,
                                    each(
                                            200,
                                            i -> join(
                                                    List.of("a" + half + "-" + i),
                                                    "=",
                                                    "s:s" + half + "-" + i + "/n/7",
                                                    ""))));
                    runs.command("ZADD", key("nodes"), 1, "n/7");
                    return expiry(group, "n/7");
                }),
                new Row(Scripts.EXPIRE, "all of many messages", 60, 100, group -> {
                    filled(group, 20_000, 100);
                    aged(group);
                    return expiry(group);
                }),
                new Row(Scripts.EXPIRE, "large messages", 60, 5_000, group -> {
                    filled(group, 100, 80_000);
                    aged(group);
                    return expiry(group);
                }),
                new Row(Scripts.EXPIRE, "old keys", 550, 50, group -> {
                    oldKeys(group, 10_000);
                    return expiry(group);
                }),
                new Row(Scripts.CREATE, "with a large spec", 20, 50, group -> runs.creation(group, 100)),
                new Row(Scripts.DELETE, "members of sessions, and ids of answers", 320, 200, group -> {
                    sessions(group, 2_000);
                    runs.lua(
                            "for i = 1, 2000 do redis.call('SADD', KEYS[1], 'digest' .. i) end",
                            List.of(group + ":digests"));
                    return deletion(group);
                }),
                new Row(Scripts.DELETE, "members that are just few", 800, 400, group -> {
                    sessions(group, 250);
                    return deletion(group);
                }),
                new Row(Scripts.CLEAR, "sessions of many members", 4 * StepSizes.CLEARED_MEMBERS, 100, group -> {
                    sessions(group, 2_000);
                    return new Call(
                            List.of(key(group + ":members"), key("none"), key("held"), key("outbox")),
                            List.of(0, StepSizes.CLEARED_MEMBERS, name(group), "*" + name(group) + " e"));
                }),
                new Row(Scripts.FORK, "", 10, 5, group -> {
                    runs.create(group, 1);
                    return new Call(
                            List.of(key(group), key(group + ":log"), key("outbox"), key("lineage")),
                            List.of("e", "f", name(group), "PUBLISH"));
                }));
    }

    private Call joining(String group, int actors, String filter) {
        runs.create(group, 100);
        return runs.append(group, List.of(join(actors(actors), filter)));
    }

    private static List<Object> actors(int count) {
        return IntStream.range(0, count).<Object>mapToObj(i -> "a" + i).toList();
    }

    /** A group of so many members with large filters. */
    static void large(ScriptRuns runs, String group, int members) {
        runs.create(group, 1);
        runs.lua("""
                for i = 0, ARGV[1] - 1 do
                  redis.call('HSET', KEYS[1], 'a' .. i, '1 ' .. i + 2 .. ' 1 ' .. ARGV[2] .. ' d:n|n|1||')
                end
                """, List.of(group + ":members"), members, LARGE_FILTER);
    }

    static List<Object> join(List<Object> actors, String filter) {
        return join(actors, filter, "d:n", "");
    }

    private static List<Object> join(List<Object> actors, String filter, String owner, String ttl) {
        return join(actors, filter, owner, ttl, "");
    }

    private static List<Object> join(List<Object> actors, String filter, String owner, String ttl, String metadata) {
        List<Object> all = new ArrayList<>(List.of("J", 1, filter, owner, "n", ttl, metadata, "", actors.size()));
        all.addAll(actors);
        return all;
    }

    private void leased(String group, int actors, String filter) {
        runs.create(group, 10);
        runs.appended(group, each(actors, i -> join(List.of("a" + i), filter, "l:l" + i, "1")));
    }

    static List<Object> message(int bytes) {
        return List.of("M", 1, bytes, "x".repeat(bytes));
    }

    /** A group of so many members, with as much metadata as each may have. */
    private void saying(String group, int members) {
        runs.create(group, 1);
        String held = IntStream.range(0, 8)
                .mapToObj(i -> "s:s" + i + "/n/7|n|1|||m" + METADATA)
                .collect(Collectors.joining(","));
        runs.lua("""
                for i = 0, ARGV[1] - 1 do
                  redis.call('HSET', KEYS[1], 'a' .. i, '1 ' .. i + 2 .. ' 1 = ' .. ARGV[2])
                end
                """, List.of(group + ":members"), members, held);
    }

    private static List<Object> evict(String actor) {
        return List.of("E", 1, actor, "", 1, "EVICTED", 600_000_000);
    }

    /** Of a new group; when they end is in seconds since 1970. */
    private void bans(String group, int count, long end) {
        runs.create(group, 100);
        runs.lua("""
                for i = 1, ARGV[1] do
                  redis.call('ZADD', KEYS[2], ARGV[2], string.rep('b', 200) .. i)
                end
                redis.call('HSET', KEYS[1], 'b', '4000000000000000')
                """, List.of(group, group + ":bans"), count, end * 1_000_000);
    }

    private static List<Object> keyed(String key) {
        return List.of("P", 1, 10, "body", key);
    }

    private static List<Object> toOne(String topic, String... candidate) {
        List<Object> all = new ArrayList<>(List.of("O", 1, 10, "head", "tail", "", topic, "", candidate.length / 2));
        all.addAll(List.of(candidate));
        return all;
    }

    private static <T> List<T> each(int count, IntFunction<T> made) {
        return IntStream.range(0, count).mapToObj(made).toList();
    }

    /** With so many messages. */
    void filled(String group, int count, int bytes) {
        runs.create(group, 100_000);
        int atOnce = Math.min(count, Math.max(1, 400_000 / bytes));
        for (int i = 0; i < count; i += atOnce) {
            runs.appended(group, each(atOnce, any -> message(bytes)));
        }
    }

    /** All its messages are past their time. */
    private void aged(String group) {
        runs.lua("""
                local m = {struct.unpack('<dddddddddddd', redis.call('HGET', KEYS[1], 'm'))}
                m[13], m[5] = nil, 1
                redis.call('HSET', KEYS[1], 'm', struct.pack('<dddddddddddd', unpack(m)))
                """, List.of(group));
        runs.lua("local now = redis.call('TIME')[2] repeat until redis.call('TIME')[2] - now > 2000", List.of(group));
    }

    private void oldKeys(String group, int count) {
        runs.create(group, 10);
        runs.lua("""
                for i = 1, ARGV[1] do
                  redis.call('HSET', KEYS[1], 'key' .. i, '2 1000')
                  redis.call('RPUSH', KEYS[2], 'key' .. i)
                end
                """, List.of(group + ":keys", group + ":keyorder"), count);
    }

    private void sessions(String group, int members) {
        runs.create(group, 10);
        runs.lua("""
                for i = 1, ARGV[1] do
                  local owner = 's:' .. string.rep('i', 36) .. i .. '/n/1'
                  redis.call('HSET', KEYS[1], 'actor' .. i, '1 ' .. i .. ' 1 = ' .. owner .. '|n|1||')
                  redis.call('ZADD', KEYS[2], 0, 'n/1 actor' .. i)
                end
                """, List.of(group + ":members", group + ":owned"), members);
    }

    private Call expiry(String group, Object... lapsed) {
        List<Object> arguments =
                new ArrayList<>(List.of("n", 1, runs.next(), name(group), "PUBLISH", StepSizes.EXPIRED_ACTORS));
        arguments.addAll(List.of(lapsed));
        return new Call(List.of(key("due"), key("held"), key("node:n"), key("nodes"), key(group)), arguments);
    }

    private Call deletion(String group) {
        return new Call(
                List.of(
                        key(group),
                        key("due"),
                        key("held"),
                        key("node:n"),
                        key(group + ":answer"),
                        key("outbox"),
                        key("empty")),
                List.of("n", 1, runs.next(), name(group), "PUBLISH", "", 1, ""));
    }
}

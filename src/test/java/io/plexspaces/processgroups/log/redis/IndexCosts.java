package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.ScriptRuns.key;

import io.plexspaces.processgroups.log.redis.ScriptCostTest.Row;
import io.plexspaces.processgroups.log.redis.ScriptRuns.Call;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The most that scripts can be asked for which are about the index, nodes and sessions. */
final class IndexCosts {
    private static final String LONG = "n".repeat(128);

    private final ScriptRuns runs;

    private IndexCosts(ScriptRuns runs) {
        this.runs = runs;
    }

    static List<Row> rows(ScriptRuns runs) {
        IndexCosts costs = new IndexCosts(runs);
        List<Row> rows = new ArrayList<>(costs.indexes());
        rows.addAll(costs.nodes());
        return rows;
    }

    private List<Row> indexes() {
        return List.of(
                new Row(Scripts.NAMES, "many long names", StepSizes.NAMES + 5, 500, group -> {
                    names(group, 2 * StepSizes.NAMES);
                    return new Call(
                            List.of(key(group + "groups"), key(group + "epochs"), key(group + "version")),
                            List.of("-", "+", StepSizes.NAMES, "-", "+"));
                }),
                new Row(Scripts.INFOS, "groups with large specs", 2 * StepSizes.INFOS, 3_500, group -> {
                    runs.create(group, 1);
                    return new Call(
                            IntStream.range(0, StepSizes.INFOS)
                                    .boxed()
                                    .flatMap(i -> Stream.of(key(group), key(group + ":members")))
                                    .toList(),
                            List.of());
                }),
                new Row(Scripts.RESERVE, "beside many that were left behind", 12, 400, group -> {
                    runs.lua(
                            "for i = 1, 2000 do redis.call('ZADD', KEYS[1], i, string.rep('n', 260) .. i) end",
                            List.of(group + "reserved"));
                    return new Call(
                            List.of(key(group + "groups"), key(group + "epochs"), key(group + "reserved")),
                            List.of(LONG + " g", "e", 100_000));
                }),
                new Row(Scripts.LIST, "among many", 15, 50, group -> {
                    names(group, 2_000);
                    return entry(group, LONG + " g", "e", "info".repeat(1_000), "PUBLISH", "forced");
                }),
                new Row(Scripts.UNLIST, "among many", 15, 50, group -> {
                    names(group, 2_000);
                    return entry(group, LONG + " g1", "e", LONG, "PUBLISH");
                }),
                new Row(Scripts.EVICT, "beside many notes that have run out", 520, 200, group -> {
                    notes(group, 5_000, 1);
                    return new Call(
                            List.of(key(group), key(group + "n"), key(group + "f"), key(group + "t")),
                            List.of("t a", "t", "note", 1_000_000, 10_000, 100_000, 7_200_000_000L));
                }),
                new Row(Scripts.EVICTED, "many notes", 5, 600, group -> {
                    notes(group, 5_000, 4_000_000_000_000_000L);
                    return new Call(List.of(key(group), key(group + "n")), List.of(0, StepSizes.EVICTIONS));
                }),
                new Row(
                        Scripts.LETTERS,
                        "many letters",
                        1,
                        1_100,
                        group -> new Call(List.of(key(group)), List.of("PUBLISH", "x".repeat(1 << 20)))),
                new Row(Scripts.BAN, "beside many that have run out", 10, 100, group -> {
                    notes(group, 5_000, 1);
                    return new Call(List.of(key(group + "n")), List.of("a", 1_000_000));
                }),
                new Row(Scripts.COUNT, "many groups", StepSizes.COUNTED, 200, group -> {
                    runs.command("HSET", key(group + ":members"), "a", "x");
                    return new Call(Collections.nCopies(StepSizes.COUNTED, key(group + ":members")), List.of());
                }),
                new Row(Scripts.FORGET, "", 1, 1, group -> new Call(List.of(key(group)), List.of("element"))));
    }

    private List<Row> nodes() {
        return List.of(
                new Row(Scripts.SWEEP, "much that is due, of many nodes", 30, 1_200, group -> {
                    runs.lua(
                            """
                            for i = 1, 200 do
                              local name = string.rep('n', 260) .. i
                              redis.call('ZADD', KEYS[1], 1, name)
                              redis.call('ZADD', KEYS[3], 1, '*' .. name)
                              redis.call('ZADD', KEYS[5], 1, name)
                              for node = 1, 20 do
                                redis.call('ZADD', KEYS[2], 0, 'n' .. node .. '/1 ' .. name)
                                redis.call('ZADD', KEYS[4], 1, 'n' .. node .. '/1')
                              end
                            end
                            """,
                            List.of(group + "due", group + "held", group + "outbox", group + "nodes", group + "empty"));
                    return new Call(
                            List.of(
                                    key(group + "due"),
                                    key(group + "held"),
                                    key(group + "outbox"),
                                    key(group + "nodes"),
                                    key("node:n"),
                                    key(group + "empty")),
                            List.of("n", 1, StepSizes.SWEPT, 3_000));
                }),
                new Row(Scripts.HELD, "many groups of many sessions", StepSizes.SESSIONS, 1_500, group -> {
                    runs.lua("""
                            for session = 1, 3 do
                              for i = 1, 1000 do
                                redis.call('ZADD', KEYS[1], 0, 's:s' .. session .. ' ' .. string.rep('n', 260) .. i)
                              end
                            end
                            """, List.of(group));
                    List<Object> sessions = new ArrayList<>(List.of(StepSizes.HELD_GROUPS, "s:s1", ""));
                    IntStream.rangeClosed(2, StepSizes.SESSIONS).forEach(i -> sessions.add("s:s" + i));
                    return new Call(List.of(key(group)), sessions);
                }),
                new Row(Scripts.NODES, "of many with long names", 3, 60, group -> {
                    runs.lua("""
                            for i = 1, 2000 do
                              redis.call('ZADD', KEYS[1], 4e15 + i, string.rep('n', 240) .. i .. '/1700000000000000')
                            end
                            """, List.of(group));
                    return new Call(List.of(key(group)), List.of(100));
                }),
                new Row(Scripts.CLAIM, "many sessions", 3 * StepSizes.SESSIONS + 5, 100, group -> {
                    List<String> keys = new ArrayList<>();
                    List<Object> arguments = new ArrayList<>();
                    for (int i = 0; i < StepSizes.SESSIONS; i++) {
                        keys.addAll(List.of(key("node:n"), key(group + "session" + i)));
                        arguments.addAll(List.of(1, ""));
                    }
                    return new Call(keys, arguments);
                }),
                new Row(Scripts.LEASE, "taken beside many nodes, whose servers were replaced", 1_400, 100, group -> {
                    runs.lua("""
                            local time = redis.call('TIME')
                            local ends = string.format('%.0f', (time[1] + 60) * 1000000)
                            for i = 1, 300 do
                              redis.call('ZADD', KEYS[1], ends, 'node' .. i .. '/2')
                              redis.call('HSET', KEYS[2], 'node' .. i .. '/1', '2')
                              redis.call('HSET', KEYS[2], 'node' .. i .. '/2', '2')
                            end
                            """, List.of(group + "nodes", group + "formats"));
                    return new Call(
                            List.of(
                                    key(group + "node"),
                                    key(group + "nodes"),
                                    key(group + "format"),
                                    key(group + "formats")),
                            List.of("take", "n", 1, 15_000, 2, 0));
                }));
    }

    /** Of one tenant. */
    private void notes(String group, int count, long end) {
        runs.lua("""
                for i = 1, ARGV[1] do
                  local one = string.rep('t', 128) .. ' ' .. string.rep('a', 200) .. i
                  redis.call('HSET', KEYS[1], one, ARGV[2])
                  redis.call('ZADD', KEYS[2], i, one)
                  redis.call('ZADD', KEYS[3], ARGV[2], one)
                end
                redis.call('HSET', KEYS[4], string.rep('t', 128), ARGV[1])
                """, List.of(group, group + "n", group + "f", group + "t"), count, end);
    }

    private void names(String group, int count) {
        runs.lua("""
                for i = 1, ARGV[1] do
                  redis.call('ZADD', KEYS[1], 0, ARGV[2] .. ' g' .. i)
                  redis.call('HSET', KEYS[2], ARGV[2] .. ' g' .. i, 'e')
                end
                """, List.of(group + "groups", group + "epochs"), count, LONG);
    }

    private static Call entry(String group, Object... arguments) {
        return new Call(
                List.of(
                        key(group + "groups"),
                        key(group + "epochs"),
                        key(group + "reserved"),
                        key(group + "version"),
                        key(group + "changes")),
                List.of(arguments));
    }
}

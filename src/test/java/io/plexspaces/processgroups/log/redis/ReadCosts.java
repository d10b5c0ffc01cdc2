package io.plexspaces.processgroups.log.redis;

import static io.plexspaces.processgroups.log.redis.ScriptRuns.key;

import io.plexspaces.processgroups.log.redis.ScriptCostTest.Row;
import io.plexspaces.processgroups.log.redis.ScriptRuns.Call;
import io.plexspaces.processgroups.log.redis.connection.Script;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The most that scripts can be asked for which read groups. */
final class ReadCosts {
    private final ScriptRuns runs;

    private ReadCosts(ScriptRuns runs) {
        this.runs = runs;
    }

    static List<Row> rows(ScriptRuns runs) {
        ReadCosts costs = new ReadCosts(runs);
        List<Row> rows = new ArrayList<>(costs.histories());
        rows.addAll(costs.members());
        return rows;
    }

    private List<Row> histories() {
        return List.of(
                new Row(Scripts.READ, "one of many large messages", 10, 300, group -> {
                    messages(group, 80_000, 80_000);
                    return read(group, 1);
                }),
                new Row(Scripts.READ, "all of many large messages", 20, 2_000, group -> {
                    messages(group, 80_000, 80_000);
                    return read(group, StepSizes.MESSAGES);
                }),
                new Row(Scripts.READ, "messages of which one is large", 300, 5_000, group -> {
                    messages(group, 1 << 20, 100);
                    return read(group, StepSizes.MESSAGES);
                }),
                new Row(Scripts.READ, "many small messages", 60, 1_000, group -> {
                    messages(group, 100, 100);
                    return read(group, StepSizes.MESSAGES);
                }),
                new Row(Scripts.READ, "the first of many that are past their time", 60, 100, group -> {
                    messages(group, 100, 100);
                    runs.lua("""
                            local m = {struct.unpack('<dddddddddddd', redis.call('HGET', KEYS[1], 'm'))}
                            m[13], m[4] = nil, 3
                            redis.call('HSET', KEYS[1], 'm', struct.pack('<dddddddddddd', unpack(m)))
                            """, List.of(group));
                    return read(group, 1);
                }),
                new Row(Scripts.BACK, "one of many large messages", 10, 300, group -> {
                    messages(group, 80_000, 80_000);
                    return back(group, 1);
                }),
                new Row(Scripts.BACK, "all of many large messages", 20, 2_000, group -> {
                    messages(group, 80_000, 80_000);
                    return back(group, StepSizes.MESSAGES);
                }),
                new Row(Scripts.BACK, "messages of which one is large", 300, 5_000, group -> {
                    messages(group, 1 << 20, 100);
                    return back(group, StepSizes.MESSAGES);
                }),
                new Row(Scripts.BACK, "many small messages", 60, 1_000, group -> {
                    messages(group, 100, 100);
                    return back(group, StepSizes.MESSAGES);
                }),
                new Row(Scripts.TAIL, "many large messages", 20, 2_000, group -> {
                    messages(group, 80_000, 80_000);
                    return tail(group);
                }),
                new Row(Scripts.TAIL, "large changes", 60, 2_000, group -> {
                    large(group, 40);
                    return tail(group);
                }),
                new Row(Scripts.FIRST, "an answer with many ids", 5, 5_500, group -> {
                    runs.lua("""
                            redis.call('HSET', KEYS[1] .. ':firsts', 'key', '2 1 0 - digest')
                            redis.call('SET', KEYS[1] .. ':ids:digest', string.rep('i', 2560000))
                            """, List.of(group));
                    return new Call(List.of(key(group)), List.of("key", 2));
                }),
                new Row(Scripts.POSITIONS, "many groups", StepSizes.POSITIONS + 5, 100, group -> {
                    runs.create(group, 1);
                    return new Call(copies(StepSizes.POSITIONS, key(group)), List.of());
                }),
                new Row(Script.of("beat"), "", 1, 1, group -> new Call(List.of(key(group)), List.of("PUBLISH"))));
    }

    private List<Row> members() {
        return List.of(
                new Row(Scripts.OPEN, "members that are just few", 300, 200, group -> {
                    small(group, 250);
                    return open(group);
                }),
                new Row(Scripts.OPEN, "few but large members", 40, 300, group -> {
                    ChangeCosts.large(runs, group, 20);
                    return open(group);
                }),
                new Row(Scripts.OPEN, "many members", 10, 50, group -> {
                    small(group, 3_000);
                    return open(group);
                }),
                new Row(Scripts.MEMBERS, "many members", 5, 1_000, group -> {
                    small(group, 3_000);
                    return scan(group, StepSizes.MEMBERS);
                }),
                new Row(Scripts.MEMBERS, "the first of large members", 5, 1_400, group -> {
                    // Redis gives more than asked for where it keeps several together, or just grows its table.
                    ChangeCosts.large(runs, group, 20);
                    return scan(group, 1);
                }));
    }

    private void messages(String group, int first, int bytes) {
        runs.create(group, 100_000);
        runs.appended(group, List.of(ChangeCosts.message(first)));
        int atOnce = Math.min(400, Math.max(1, 400_000 / bytes));
        for (int i = 0; i < 10 * atOnce; i += atOnce) {
            runs.appended(
                    group,
                    IntStream.range(0, atOnce)
                            .mapToObj(any -> ChangeCosts.message(bytes))
                            .toList());
        }
    }

    private Call read(String group, int most) {
        return new Call(
                List.of(key(group), key(group + ":messages"), key(group + ":changes")),
                List.of("e", 1, most, StepSizes.MESSAGE_BYTES));
    }

    private Call back(String group, int most) {
        return new Call(
                List.of(key(group), key(group + ":messages"), key(group + ":changes")),
                List.of("", "", most, StepSizes.MESSAGE_BYTES));
    }

    private Call tail(String group) {
        return new Call(
                List.of(
                        key(group),
                        key(group + ":messages"),
                        key(group + ":changes"),
                        key(group + ":deleted"),
                        key("birth")),
                List.of("e", 1, "", StepSizes.ENTRIES, "", StepSizes.ENTRY_BYTES));
    }

    private void small(String group, int members) {
        runs.create(group, 1);
        runs.lua("""
                for i = 1, ARGV[1] do
                  redis.call('HSET', KEYS[1], 'actor' .. i, '1 ' .. i .. ' 1 = d:n|n|1||' .. string.rep('1', 100))
                end
                """, List.of(group + ":members"), members);
    }

    /** With changes that are as large. */
    private void large(String group, int members) {
        runs.create(group, 1);
        for (int i = 0; i < members; i += 8) {
            List<Object> actors =
                    IntStream.range(i, i + 8).<Object>mapToObj(j -> "a" + j).toList();
            runs.appended(group, List.of(ChangeCosts.join(actors, ChangeCosts.LARGE_FILTER)));
        }
    }

    private static Call open(String group) {
        return new Call(List.of(key(group), key(group + ":members"), key("birth")), List.of());
    }

    private static Call scan(String group, int count) {
        return new Call(
                List.of(key(group), key(group + ":members"), key(group + ":changes")),
                List.of("e", 0, count, 41, StepSizes.MEMBER_CHANGES));
    }

    private static List<String> copies(int count, String key) {
        return IntStream.range(0, count).mapToObj(i -> key).toList();
    }
}

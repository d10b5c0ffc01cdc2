package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.log.redis.connection.Script;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs scripts on a server of its own, and counts what they do: no other work on the machine changes that. */
final class ScriptRuns implements AutoCloseable {
    private static final String BASE = "{x}:";

    /** What a script gets for {@code redis}, and the script as a function. */
    private static final String COUNTING = """
            local calls, bytes, real = 0, 0, redis
            local function size(value)
              if type(value) ~= 'table' then
                return #tostring(value)
              end
              local all = 0
              for i = 1, #value do
                all = all + size(value[i])
              end
              return all
            end
            local function counted(how)
              return function(...)
                local said = how(...)
                calls, bytes = calls + 1, bytes + size({...}) + size(said)
                return said
              end
            end
            local redis = {call = counted(real.call), pcall = counted(real.pcall), error_reply = real.error_reply}
            local function script()
            """;

    private static final String COUNTED = """

            end
            local answer = script()
            if type(answer) == 'table' and answer.err then
              return answer
            end
            return string.format('%d %d', calls, bytes + size(answer))
            """;

    private final RedisProcess redis;
    private final AtomicLong numbers = new AtomicLong();

    ScriptRuns(RedisProcess redis) {
        this.redis = redis;
        load(Scripts.CREATE);
        load(Scripts.APPEND);
    }

    private void load(Script script) {
        command("SCRIPT", "LOAD", script.text());
    }

    /** Keys and arguments of one call. */
    record Call(List<String> keys, List<?> arguments) {}

    /**
     * @param calls of the store by the script
     * @param bytes of their arguments and answers, and of the script's answer
     */
    record Cost(long calls, long bytes) {}

    /** Names a key of the partition. */
    static String key(String name) {
        return BASE + name;
    }

    /** Sends one command; an error is one of the test. */
    String command(Object... words) {
        byte[][] all = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            all[i] = words[i].toString().getBytes(StandardCharsets.UTF_8);
        }
        String said = redis.call(all);
        if (said.startsWith("-")) {
            throw new AssertionError(said);
        }
        return said;
    }

    private String evaluated(String how, String text, Call call) {
        List<Object> words = new ArrayList<>();
        words.add(how);
        words.add(text);
        words.add(call.keys().size());
        words.addAll(call.keys());
        words.addAll(call.arguments());
        return command(words.toArray());
    }

    /** Lua for a set-up: KEYS are keys of the partition. */
    void lua(String text, List<String> keys, Object... arguments) {
        evaluated("EVAL", text, new Call(keys.stream().map(ScriptRuns::key).toList(), List.of(arguments)));
    }

    Cost counted(Script script, Call call) {
        String said = evaluated("EVAL", COUNTING + script.text() + COUNTED, call);
        Matcher cost = Pattern.compile("(\\d+) (\\d+)\r\n$").matcher(said);
        if (!cost.find()) {
            throw new AssertionError(script.name() + ": " + said);
        }
        return new Cost(Long.parseLong(cost.group(1)), Long.parseLong(cost.group(2)));
    }

    /** Microseconds that the store says it took. */
    long timed(Script script, Call call) {
        load(script);
        command("SLOWLOG", "RESET");
        evaluated("EVALSHA", script.sha1(), call);
        // Number, time, and microseconds of the newest entry.
        Matcher slow = Pattern.compile(":\\d+\r\n:\\d+\r\n:(\\d+)\r\n").matcher(command("SLOWLOG", "GET", "1"));
        return slow.find() ? Long.parseLong(slow.group(1)) : -1;
    }

    long next() {
        return numbers.incrementAndGet();
    }

    /** A group that keeps its messages for an hour. */
    void create(String group, int messages) {
        evaluated("EVALSHA", Scripts.CREATE.sha1(), creation(group, messages));
    }

    Call creation(String group, int messages) {
        return new Call(
                List.of(
                        key(group),
                        key("node:n"),
                        key(group + ":answer"),
                        key("outbox"),
                        key("birth"),
                        key("lineage"),
                        key("empty")),
                List.of("n", 1, next(), name(group), "e", "s".repeat(16_384), messages, 3_600_000, 60_000));
    }

    static String name(String group) {
        return "t default " + group;
    }

    /** Each change as append.lua takes it. */
    Call append(String group, List<List<Object>> changes) {
        List<Object> all = new ArrayList<>(List.of(
                "n",
                1,
                next(),
                "PUBLISH",
                1_000_000,
                256,
                1_000,
                1_000,
                8 << 20,
                100_000,
                "",
                512 * 1024,
                10_000,
                name(group),
                ""));
        all.add(changes.size());
        all.add(changes.stream().mapToInt(List::size).sum());
        changes.forEach(all::addAll);
        List<String> keys =
                List.of(key("due"), key("held"), key("node:n"), key("answer:0:n"), key("answer:1:n"), key(group));
        return new Call(keys, all);
    }

    void appended(String group, List<List<Object>> changes) {
        evaluated("EVALSHA", Scripts.APPEND.sha1(), append(group, changes));
    }

    @Override
    public void close() {
        redis.close();
    }
}

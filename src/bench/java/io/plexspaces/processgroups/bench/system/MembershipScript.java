package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.plexspaces.processgroups.log.redis.store.Scripts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The script by which the service changes memberships, with one join or leave in each call: what Redis can do of them
 * when nothing stands before it and nothing goes together. Actors join and leave by turns.
 */
final class MembershipScript implements CalledScript {
    private static final String BASE = "{calls}:";
    private static final String GROUP = "benchmark default calls";
    private static final String NUMBER = "0000000000000000";
    private static final int DIGITS = NUMBER.length();

    /** Numbers of calls grow, also from one run to the next; they have 16 digits. */
    private static final long MICROS = 1000;

    /** @param numbers where the call has its number */
    private record Call(byte[] bytes, int[] numbers) {
        static Call of(byte[] bytes) {
            String text = new String(bytes, US_ASCII);
            return new Call(
                    bytes,
                    IntStream.range(0, bytes.length)
                            .filter(at -> text.startsWith(NUMBER, at))
                            .toArray());
        }
    }

    /** Joins and leaves by turns. */
    private final List<Call> calls = new ArrayList<>();

    private final int connection;
    private final long first = System.currentTimeMillis() * MICROS;
    private long number = first;

    /** @param actors that take turns */
    MembershipScript(int connection, int actors) {
        this.connection = connection;
        for (int i = 0; i < actors; i++) {
            String actor = "guest-" + connection + "-" + i;
            calls.add(call(List.of("J", NUMBER, "=", "d:" + node(), node(), "", "", "", "1", actor)));
            calls.add(call(List.of("L", NUMBER, actor, "", "0", "LEFT")));
        }
    }

    private String node() {
        return "node-" + connection;
    }

    private String answer(int track) {
        return BASE + "answer:" + track + ":" + node() + "/1";
    }

    /** KEYS and ARGV as the head of append.lua lists them. */
    private Call call(List<String> change) {
        List<String> words =
                new ArrayList<>(List.of("EVALSHA", Scripts.APPEND.sha1(), "6", BASE + "due", BASE + "held"));
        words.addAll(List.of(BASE + "node:" + node(), answer(0), answer(1), BASE + "group"));
        words.addAll(List.of(node(), "1", NUMBER, "PUBLISH", "100000", "256", "1024", "1000", "16777216", "10000"));
        words.addAll(List.of("", "8388608", "1000"));
        words.addAll(List.of(GROUP, "", "1", Integer.toString(change.size())));
        words.addAll(change);
        return Call.of(CalledScript.command(words));
    }

    @Override
    public List<byte[]> preparation() {
        List<String> create = List.of(
                "EVAL",
                Scripts.CREATE.text(),
                "7",
                BASE + "group",
                BASE + "node:" + node(),
                BASE + "created:" + node(),
                BASE + "outbox",
                BASE + "birth",
                BASE + "lineage",
                BASE + "empty",
                node(),
                "1",
                "1",
                GROUP,
                "epoch",
                "",
                "128",
                "300000",
                "");
        return List.of(
                CalledScript.command(create), CalledScript.command(List.of("SCRIPT", "LOAD", Scripts.APPEND.text())));
    }

    @Override
    public void call(ByteBuffer out) {
        Call call = calls.get((int) ((number - first) % calls.size()));
        int start = out.position();
        out.put(call.bytes);
        number++;
        for (int at : call.numbers) {
            writeNumber(out, start + at);
        }
    }

    private void writeNumber(ByteBuffer out, int at) {
        long left = number;
        for (int i = at + DIGITS - 1; i >= at; i--) {
            out.put(i, (byte) ('0' + left % 10));
            left /= 10;
        }
    }

    @Override
    public int size() {
        return calls.stream().mapToInt(call -> call.bytes.length).max().orElse(0);
    }

    /** A text whose third line says what became of the change: {@code +} for done. */
    @Override
    public boolean isDone(ByteBuffer in, int from, int to) {
        int lines = 0;
        for (int at = from; at < to - 1; at++) {
            if (in.get(at) == '\n' && ++lines == 3) {
                return in.get(at + 1) == '+';
            }
        }
        return false;
    }
}

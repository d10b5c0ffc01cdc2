package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;

/** A script that is called over and over, by digest. Belongs to one connection. */
interface CalledScript {
    /** Commands that come first, each with one answer that is not looked at. */
    List<byte[]> preparation();

    /** Appends the next call. */
    void call(ByteBuffer out);

    /** Bytes of a call at most. */
    int size();

    /** Whether a call that did what it should is answered like this. */
    boolean isDone(ByteBuffer in, int from, int to);

    static byte[] command(List<String> words) {
        return RedisTarget.command(
                words.stream().map(word -> word.getBytes(UTF_8)).toArray(byte[][]::new));
    }
}

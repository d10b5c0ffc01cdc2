package io.plexspaces.processgroups.log.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What servers of an earlier format wrote, kept as they wrote it. Each line of the resource is a key with its dump, or
 * a channel with what was said there.
 */
final class StoredFormat {
    /** Incarnation of node-1, which wrote all of it. */
    static final long INCARNATION = 1796054797081982L;

    final List<byte[]> announcements = new ArrayList<>();
    private final List<byte[][]> keys = new ArrayList<>();

    private StoredFormat() {}

    static StoredFormat of(int format) {
        String name = "/redis/format-" + format + ".txt";
        try (InputStream in = StoredFormat.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError("no resource " + name);
            }
            StoredFormat read = new StoredFormat();
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                read.add(line.split(" "));
            }
            return read;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void add(String[] words) {
        if (words[0].equals("key")) {
            keys.add(new byte[][] {decoded(words[1]), decoded(words[2])});
        } else if (words[0].equals("said") && new String(decoded(words[1]), StandardCharsets.UTF_8).endsWith(":log")) {
            announcements.add(decoded(words[2]));
        }
    }

    private static byte[] decoded(String text) {
        return Base64.getDecoder().decode(text);
    }

    /** Nothing of it expires. */
    void restore(RedisProcess redis) {
        for (byte[][] key : keys) {
            String said = redis.call(bytes("RESTORE"), key[0], bytes("0"), key[1]);
            if (!said.startsWith("+OK")) {
                throw new AssertionError(said);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

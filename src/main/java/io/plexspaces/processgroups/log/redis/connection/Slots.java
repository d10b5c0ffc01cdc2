package io.plexspaces.processgroups.log.redis.connection;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The slots of Redis Cluster. Without a cluster, one server has them all. */
public final class Slots {
    public static final int COUNT = 16_384;
    private static final int POLYNOMIAL = 0x1021;

    /** What each first byte does to the checksum: the slot of a group is looked for with every change. */
    private static final int[] TABLE = table();

    private Slots() {}

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
            }
            table[i] = crc & 0xffff;
        }
        return table;
    }

    /** The slot of a hash tag: what stands between the braces of a key. */
    public static int of(String tag) {
        int crc = 0;
        for (byte b : tag.getBytes(StandardCharsets.UTF_8)) {
            crc = (crc << 8 ^ TABLE[(crc >>> 8 ^ b) & 0xff]) & 0xffff;
        }
        return crc % COUNT;
    }

    /** Short tags, always the same ones, whose slots lie evenly over all there are: as many to each server, about. */
    public static List<String> evenTags(int count) {
        List<String> tags = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tags.add(tagBetween(i, (long) COUNT * i / count, (long) COUNT * (i + 1) / count));
        }
        return List.copyOf(tags);
    }

    private static String tagBetween(int number, long from, long to) {
        for (int salt = 0; ; salt++) {
            String tag = number + "." + salt;
            int slot = of(tag);
            if (slot >= from && slot < to) {
                return tag;
            }
        }
    }
}

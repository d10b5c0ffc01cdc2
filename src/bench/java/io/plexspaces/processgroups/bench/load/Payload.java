package io.plexspaces.processgroups.bench.load;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The 128 bytes every message carries: a mark, the stream it belongs to, its number there, and when it was due. All of
 * them are printable and need no escape in JSON, so that they stand in the bytes of every protocol as they are. Numbers
 * are written four bits a byte, eight bytes at once.
 */
public final class Payload {
    public static final int BYTES = 128;

    private static final long MARK = 0x2350_4742_454E_4348L; // "#PGBENCH"
    private static final byte MARK_START = '#';
    private static final int STREAM = 8;
    private static final int NUMBER = 16;
    private static final int DUE = 24;
    private static final int FILLER = 40;
    private static final long LETTERS = 0x4040_4040_4040_4040L;
    private static final long NIBBLES = 0x0F0F_0F0F_0F0F_0F0FL;

    private Payload() {}

    /** The payload of no message in particular, for templates. */
    public static byte[] blank() {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, FILLER, BYTES, (byte) 'x');
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putLong(0, MARK);
        write(out, 0, 0, 0, 0);
        return bytes;
    }

    /** Writes stream, number and time into a payload that starts at {@code at}. */
    public static void write(ByteBuffer out, int at, int stream, int number, long due) {
        out.putLong(at + STREAM, spread(stream));
        out.putLong(at + NUMBER, spread(number));
        out.putLong(at + DUE, spread((int) (due >>> 32)));
        out.putLong(at + DUE + 8, spread((int) due));
    }

    static boolean isAt(ByteBuffer in, int at) {
        return in.getLong(at) == MARK;
    }

    /** Where in {@code from} (inclusive) to {@code to} (exclusive) a whole payload starts; -1: nowhere. */
    static int find(ByteBuffer in, int from, int to) {
        for (int at = from; at <= to - BYTES; at++) {
            if (in.get(at) == MARK_START && isAt(in, at)) {
                return at;
            }
        }
        return -1;
    }

    static int stream(ByteBuffer in, int at) {
        return gather(in.getLong(at + STREAM));
    }

    static int number(ByteBuffer in, int at) {
        return gather(in.getLong(at + NUMBER));
    }

    /** {@code System.nanoTime} of the load generator. */
    static long due(ByteBuffer in, int at) {
        return (long) gather(in.getLong(at + DUE)) << 32 | gather(in.getLong(at + DUE + 8)) & 0xFFFF_FFFFL;
    }

    private static long spread(int value) {
        long x = value & 0xFFFF_FFFFL;
        x = (x | x << 16) & 0x0000_FFFF_0000_FFFFL;
        x = (x | x << 8) & 0x00FF_00FF_00FF_00FFL;
        x = (x | x << 4) & NIBBLES;
        return x | LETTERS;
    }

    private static int gather(long letters) {
        long x = letters & NIBBLES;
        x = (x | x >>> 4) & 0x00FF_00FF_00FF_00FFL;
        x = (x | x >>> 8) & 0x0000_FFFF_0000_FFFFL;
        return (int) (x | x >>> 16);
    }
}

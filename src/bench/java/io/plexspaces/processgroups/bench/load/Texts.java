package io.plexspaces.processgroups.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** Received bytes, for people. */
public final class Texts {
    private static final int SHOWN_BYTES = 200;

    private Texts() {}

    /** The first bytes as text, with dots for what cannot be printed. */
    public static String shown(ByteBuffer in, int from, int to) {
        byte[] bytes = new byte[Math.min(SHOWN_BYTES, to - from)];
        in.get(from, bytes);
        return new String(bytes, ISO_8859_1).replaceAll("[^ -~]", ".");
    }
}

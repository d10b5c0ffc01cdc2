package io.plexspaces.processgroups.api.websocket.format;

/** The header of a WebSocket frame as servers send it (RFC 6455, 5.2): a whole message in one frame, not masked. */
public final class FrameHeader {
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;

    /** The largest header there is, in bytes. */
    public static final int MAX_BYTES = 10;

    private static final int FINAL = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private FrameHeader() {}

    /** Bytes of the header of a frame with {@code payload} bytes. */
    public static int size(int payload) {
        if (payload < LENGTH_16) {
            return 2;
        }
        return payload <= 0xFFFF ? 4 : MAX_BYTES;
    }

    /** Writes {@link #size} bytes at {@code at}; what follows them is for the payload. */
    public static void write(byte[] into, int at, int opcode, int payload) {
        into[at] = (byte) (FINAL | opcode);
        switch (size(payload)) {
            case 2 -> into[at + 1] = (byte) payload;
            case 4 -> {
                into[at + 1] = LENGTH_16;
                into[at + 2] = (byte) (payload >>> 8);
                into[at + 3] = (byte) payload;
            }
            default -> {
                into[at + 1] = LENGTH_64;
                for (int i = 0; i < 4; i++) {
                    into[at + 2 + i] = 0;
                    into[at + 6 + i] = (byte) (payload >>> (24 - 8 * i));
                }
            }
        }
    }
}

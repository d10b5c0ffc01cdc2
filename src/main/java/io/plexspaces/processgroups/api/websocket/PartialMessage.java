package io.plexspaces.processgroups.api.websocket;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of one message that is not whole yet, joined to pieces. No piece is so large that the collector would keep
 * it in regions of its own, of which it fills a part; and none is copied as others come. On one thread.
 */
final class PartialMessage {
    private static final int FIRST_PIECE = 1024;
    private static final int LARGEST_PIECE = 64 * 1024;

    private final List<byte[]> pieces = new ArrayList<>();
    private int room;
    private int size;
    private int held;

    /** Takes what can be read, and releases nothing. */
    void add(ByteBuf part) {
        while (part.isReadable()) {
            if (room == 0) {
                byte[] piece = new byte[Math.min(LARGEST_PIECE, Math.max(FIRST_PIECE, size))];
                pieces.add(piece);
                room = piece.length;
                held += piece.length;
            }
            byte[] last = pieces.get(pieces.size() - 1);
            int taken = Math.min(room, part.readableBytes());
            part.readBytes(last, last.length - room, taken);
            room -= taken;
            size += taken;
        }
    }

    /** Bytes of the message so far. */
    int size() {
        return size;
    }

    /** Bytes that are kept for it. */
    int held() {
        return held;
    }

    byte[] joined() {
        byte[] whole = new byte[size];
        int at = 0;
        for (byte[] piece : pieces) {
            int length = Math.min(piece.length, size - at);
            System.arraycopy(piece, 0, whole, at, length);
            at += length;
        }
        return whole;
    }
}

package io.plexspaces.processgroups.api.format;

import java.io.OutputStream;
import java.util.Arrays;

/** Collects what an event is encoded to, behind room for what goes before it. On one thread. */
public final class EventBuffer extends OutputStream {
    private final int room;
    private byte[] bytes;
    private int end;

    /**
     * @param room bytes of what goes before, at most
     * @param expected bytes of what follows, roughly
     */
    public EventBuffer(int room, int expected) {
        this.room = room;
        this.end = room;
        this.bytes = new byte[room + expected];
    }

    @Override
    public void write(int value) {
        reserve(1);
        bytes[end++] = (byte) value;
    }

    @Override
    public void write(byte[] from) {
        write(from, 0, from.length);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, end, length);
        end += length;
    }

    /** Bytes behind the room. */
    public int size() {
        return end - room;
    }

    /** Writes what goes before. */
    public interface Head {
        void write(byte[] into, int at);
    }

    /**
     * All of it.
     *
     * @param size bytes of what goes before
     */
    public byte[] behind(int size, Head head) {
        head.write(bytes, room - size);
        return Arrays.copyOfRange(bytes, room - size, end);
    }

    /** All of it, without anything before. */
    public byte[] bytes() {
        return Arrays.copyOfRange(bytes, room, end);
    }

    private void reserve(int more) {
        if (more > bytes.length - end) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(end, more), bytes.length + bytes.length / 2));
        }
    }
}

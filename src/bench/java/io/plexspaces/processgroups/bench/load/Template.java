package io.plexspaces.processgroups.bench.load;

import java.nio.ByteBuffer;

/** The bytes of a request, or of a frame, around a payload that is filled in for each message. */
public final class Template {
    private final byte[] bytes;
    private final int payload;

    /** @param bytes holds a {@link Payload#blank} as it is */
    public Template(byte[] bytes) {
        this.bytes = bytes.clone();
        this.payload = Payload.find(ByteBuffer.wrap(bytes), 0, bytes.length);
        if (payload < 0) {
            throw new IllegalArgumentException("no payload inside");
        }
    }

    public int size() {
        return bytes.length;
    }

    /** Appends the request of one message. */
    public void write(ByteBuffer out, int stream, int number, long due) {
        int at = out.position();
        out.put(bytes);
        Payload.write(out, at + payload, stream, number, due);
    }
}

package io.plexspaces.processgroups.api.websocket.format;

import java.io.OutputStream;
import java.util.Arrays;

/** Collects the payload of one frame behind room for its header. */
final class FrameBuffer extends OutputStream {
    private byte[] bytes;
    private int end = FrameHeader.MAX_BYTES;

    /** @param expected bytes of the payload, roughly */
    FrameBuffer(int expected) {
        bytes = new byte[FrameHeader.MAX_BYTES + expected];
    }

    @Override
    public void write(int value) {
        reserve(1);
        bytes[end++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, end, length);
        end += length;
    }

    /** The complete frame. */
    byte[] frame(int opcode) {
        int payload = end - FrameHeader.MAX_BYTES;
        int start = FrameHeader.MAX_BYTES - FrameHeader.size(payload);
        FrameHeader.write(bytes, start, opcode, payload);
        return Arrays.copyOfRange(bytes, start, end);
    }

    private void reserve(int more) {
        if (more > bytes.length - end) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(end, more), bytes.length + bytes.length / 2));
        }
    }
}

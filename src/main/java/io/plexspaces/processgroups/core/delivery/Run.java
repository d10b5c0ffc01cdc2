package io.plexspaces.processgroups.core.delivery;

import java.util.Arrays;

/**
 * Frames of one turn that go to the same connections: joined once for each wire format among them. On one loop alone.
 */
final class Run {
    /** More than this in one write helps nothing, and delays the first. */
    static final int BYTES = 256 * 1024;

    private static final int FORMATS = 4;

    /** Room for more frames than this is not kept. */
    private static final int KEPT_FRAMES = 1024;

    private Frame[] frames = new Frame[16];
    private int count;
    private long weight;

    private final WireFormat<?>[] formats = new WireFormat<?>[FORMATS];
    private final Object[] joined = new Object[FORMATS];
    private int joinedCount;
    private byte[][] parts = new byte[16][];

    /** @param bytes what the frame weighs, by the caller's own measure */
    void add(Frame frame, int bytes) {
        weight += bytes;
        if (count == frames.length) {
            frames = Arrays.copyOf(frames, count * 2);
        }
        frames[count++] = frame;
    }

    /** The sum of what was added. */
    long weight() {
        return weight;
    }

    int count() {
        return count;
    }

    Frame frame(int at) {
        return frames[at];
    }

    /**
     * The frames joined for {@code sink}'s format, and written to it.
     *
     * @param shared others may get them too
     */
    <S> void writeTo(Sink<S> sink, boolean shared) {
        sink.write(joinedFor(sink.format()), shared);
    }

    /**
     * Releases what was joined, and is empty again.
     *
     * @return whether it is worth keeping
     */
    boolean clear() {
        for (int i = 0; i < joinedCount; i++) {
            release(formats[i], joined[i]);
        }
        Arrays.fill(joined, 0, joinedCount, null);
        Arrays.fill(frames, 0, count, null);
        joinedCount = 0;
        count = 0;
        weight = 0;
        return frames.length <= KEPT_FRAMES;
    }

    @SuppressWarnings("unchecked") // the slot of a format holds what that format joined
    private <S> S joinedFor(WireFormat<S> format) {
        for (int i = 0; i < joinedCount; i++) {
            if (formats[i] == format) {
                return (S) joined[i];
            }
        }
        if (joinedCount == FORMATS) {
            throw new IllegalStateException("more than " + FORMATS + " wire formats");
        }
        S made = join(format);
        formats[joinedCount] = format;
        joined[joinedCount++] = made;
        return made;
    }

    private <S> S join(WireFormat<S> format) {
        if (parts.length < count) {
            parts = new byte[frames.length][];
        }
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            parts[i] = frames[i].encoded(format);
            bytes += parts[i].length;
        }
        S made = format.join(parts, count, bytes);
        Arrays.fill(parts, 0, count, null);
        return made;
    }

    @SuppressWarnings("unchecked") // the slot of a format holds what that format joined
    private static <S> void release(WireFormat<S> format, Object joined) {
        format.release((S) joined);
    }
}

package io.plexspaces.processgroups.core.delivery;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Events of one subscriber that are made as the peer takes them: a snapshot of many members, messages to catch up with.
 * While they are not there yet, everything queued behind them waits. On the connection's loop alone.
 */
public final class Source {
    private @Nullable Iterator<Frame> frames;

    private Source(@Nullable Iterator<Frame> frames) {
        this.frames = frames;
    }

    /** Its events come with {@link Connection#supply}. */
    public static Source awaited() {
        return new Source(null);
    }

    public static Source of(Iterator<Frame> frames) {
        return new Source(frames);
    }

    void supply(Iterator<Frame> arrived) {
        frames = arrived;
    }

    boolean isWaiting() {
        return frames == null;
    }

    /** The next event; null: that was all. */
    @Nullable
    Frame next() {
        return frames != null && frames.hasNext() ? frames.next() : null;
    }
}

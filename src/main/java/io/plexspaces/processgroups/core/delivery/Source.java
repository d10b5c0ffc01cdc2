package io.plexspaces.processgroups.core.delivery;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Events of one subscriber that are made as the peer takes them: a snapshot of many members, messages to catch up with.
 * While they are not there yet, everything queued behind them waits. On the connection's loop alone.
 */
public final class Source {
    private @Nullable Iterator<Frame> frames;

    /** About how many bytes it keeps alive until its last event is made. */
    long weight;

    /** The part of it that is a guess, as its events are not there yet. */
    long reserved;

    /** Nobody has asked for its events yet. */
    boolean deferred;

    /** Its events are read page by page, when there is room. */
    boolean paged;

    /** It stands in a mailbox. */
    boolean queued;

    /** What to do when these events are taken, for {@link Connection#supply} with further ones; null: these are all. */
    private @Nullable Runnable onTaken;

    private Source(@Nullable Iterator<Frame> frames, long weight) {
        this.frames = frames;
        this.weight = weight;
    }

    /** Its events come with {@link Connection#supply}. */
    public static Source awaited() {
        return awaited(0);
    }

    /**
     * Its events come with {@link Connection#supply}.
     *
     * @param weight bytes that are kept alive until then, as {@link #of}
     */
    public static Source awaited(long weight) {
        return new Source(null, weight);
    }

    /** @param weight about how many bytes it keeps alive until its last event is made */
    public static Source of(Iterator<Frame> frames, long weight) {
        return new Source(frames, weight);
    }

    void supply(Iterator<Frame> arrived, @Nullable Runnable whenTaken) {
        frames = arrived;
        onTaken = whenTaken;
    }

    boolean isWaiting() {
        return frames == null;
    }

    /** The next event; null: that was all, or further ones are awaited now. */
    @Nullable
    Frame next() {
        if (frames == null) {
            return null;
        }
        if (frames.hasNext()) {
            return frames.next();
        }
        Runnable further = onTaken;
        if (further != null) {
            onTaken = null;
            frames = null;
            further.run();
        }
        return null;
    }
}

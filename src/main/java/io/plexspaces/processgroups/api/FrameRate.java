package io.plexspaces.processgroups.api;

import java.util.concurrent.TimeUnit;

/**
 * How many frames a peer may send that ask for nothing and carry nothing: pings, settings, window updates, priorities,
 * resets, data that is empty or that comes byte by byte. Some each second, and more for each frame that was sent to it,
 * as it answers those with updates of its windows. On one thread.
 */
public final class FrameRate {
    /** Frames a second, whatever is sent. */
    public static final int EACH_SECOND = 5_000;

    /** Frames for each one that was sent. */
    public static final int FOR_EACH_SENT = 4;

    /** A peer that was sent much may send no more than so many at once. */
    static final int MOST = 50_000;

    /** A frame of fewer bytes carries nothing: less than its own header. */
    public static final int TINY_BYTES = 14;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int eachSecond;
    private long since;
    private long left;
    private boolean over;

    public FrameRate() {
        this(EACH_SECOND);
    }

    /** @param eachSecond frames a second, whatever is sent */
    public FrameRate(int eachSecond) {
        this.eachSecond = eachSecond;
        this.left = eachSecond;
    }

    /** A frame is sent to the peer. */
    public void sent() {
        left = Math.min(MOST, left + FOR_EACH_SENT);
    }

    /**
     * A frame has come that carries nothing.
     *
     * @param frames it counts as so many: one that is answered earns its peer others
     * @param nanos a monotonic clock
     */
    public void take(int frames, long nanos) {
        if (left <= 0 && nanos - since >= SECOND) {
            since = nanos;
            left = eachSecond;
        }
        over |= left <= 0;
        left -= frames;
    }

    /** Too many have come. */
    public boolean isOver() {
        return over;
    }
}

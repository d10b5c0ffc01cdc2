package io.plexspaces.processgroups.core.delivery;

import java.util.concurrent.atomic.LongAdder;

/**
 * What all clients together may make this server hold: events that wait, replays, requests and answers under way.
 * Thread-safe.
 *
 * <p>A holder may have up to half of what the others leave free, so it never takes the last of it, and each of many has
 * the same: with {@code n} that take all they can, each holds the {@code n + 1}th part. (Dynamic thresholds: Choudhury
 * and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998.)
 */
public final class ServerBudget {
    /** This part of all bytes is for calls that need little: those who may hold much leave it alone. */
    private static final int RESERVED_PART = 4;

    /** What counts as little. */
    public static final int LITTLE_BYTES = 64 * 1024;

    private final long bytes;
    private final LongAdder held = new LongAdder();

    /** @param bytes for all together */
    public ServerBudget(long bytes) {
        this.bytes = bytes;
    }

    /** Something is held that was not before; negative: not any more. */
    public void add(long added) {
        held.add(added);
    }

    /** Bytes that are held. */
    public long held() {
        return held.sum();
    }

    /** Bytes for all together. */
    public long bytes() {
        return bytes;
    }

    /** Whether this much may be held by one who holds nothing yet: what is reserved is for those who need little. */
    public boolean admits(long more) {
        long free = bytes - held.sum();
        return more <= (more <= LITTLE_BYTES || free == bytes ? free : free - bytes / RESERVED_PART);
    }

    /**
     * How much one holder may have in all: half of what the others leave of what is not reserved.
     *
     * @param mine what it has already
     */
    public long share(long mine) {
        long others = Math.max(0, held.sum() - mine);
        return Math.max(0, (bytes - bytes / RESERVED_PART - others) / 2);
    }
}

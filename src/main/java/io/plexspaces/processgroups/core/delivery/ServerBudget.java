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

    /** Bytes that nobody holds. */
    public long free() {
        return Math.max(0, bytes - held.sum());
    }

    /**
     * How much one holder may have in all.
     *
     * @param mine what it has already
     */
    public long share(long mine) {
        return Math.max(0, (bytes - (held.sum() - mine)) / 2);
    }
}

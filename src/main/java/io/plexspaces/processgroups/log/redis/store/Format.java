package io.plexspaces.processgroups.log.redis.store;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.redis.codec.Formats;

/**
 * The format this server writes: the newest that every server with a lease reads, as the store says at each renewal of
 * this one's own. Before the first lease, the oldest. Thread-safe.
 */
public final class Format {
    private volatile int written = Formats.FIRST;

    public int written() {
        return written;
    }

    /** @param agreed the least that any part of the store says */
    public void agree(int agreed) {
        written = Math.max(Formats.FIRST, Math.min(Formats.NEWEST, agreed));
    }

    /** This server is not to run beside what is there: it could not read it, or not all of it. */
    public static GroupException refused(long stored) {
        String reads = "and this server reads " + (Formats.NEWEST - 1) + " and " + Formats.NEWEST;
        return GroupException.of(
                ErrorCode.FAILED_PRECONDITION,
                stored > Formats.NEWEST
                        ? "the store is in format " + stored + " of newer servers, " + reads
                                + ": start the newer version, or give this one another store or"
                                + " processgroups.redis.prefix"
                        : "the store is in format " + stored + " of much older servers, " + reads
                                + ": start a version between them first");
    }
}

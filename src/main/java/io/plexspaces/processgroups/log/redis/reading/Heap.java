package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import org.jspecify.annotations.Nullable;

/**
 * Whether this server can hold a group of many members. One that does not fit is refused before it is read: a heap that
 * is nearly full does not end a server, but keeps it collecting garbage instead of answering.
 */
final class Heap {
    /**
     * What a member takes while it is read, with room for what is done meanwhile: a million were read in a heap of 768
     * MiB, and not in one of 512.
     */
    static final long BYTES_PER_MEMBER = 600;

    private static final int MIB = 1 << 20;

    private Heap() {}

    /** OVERLOADED: the members do not fit; null: they do, as far as can be known. */
    static @Nullable GroupException refused(String group, long members) {
        return refused(group, members, Runtime.getRuntime().maxMemory() - live());
    }

    static @Nullable GroupException refused(String group, long members, long free) {
        long needed = members * BYTES_PER_MEMBER;
        return needed <= free
                ? null
                : GroupException.of(
                        ErrorCode.OVERLOADED,
                        "%s has %d members, for which this server needs about %d MiB more memory, and has %d"
                                .formatted(group, members, needed / MIB, Math.max(0, free / MIB)));
    }

    /** What the last collection of garbage has left: less than there is, if it was long ago. */
    private static long live() {
        long live = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage left = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            live += left == null ? 0 : left.getUsed();
        }
        return live;
    }
}

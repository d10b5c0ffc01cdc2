package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Seldom;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all groups of the store hold together, in bytes, and the most they may. Groups, members and idempotency keys
 * beyond it are refused; messages are not, but each group keeps fewer of them. Thread-safe.
 */
final class Room {
    /** About what a group takes beside what it holds, and a membership beside its texts. */
    private static final int GROUP = 1_000;

    private static final int MEMBERSHIP = 350;

    private static final System.Logger LOG = System.getLogger(Room.class.getName());

    private final long most;
    private final AtomicLong held = new AtomicLong();
    private final Seldom seldom = new Seldom(System::nanoTime);

    /** @param most ≥ 1 */
    Room(long most) {
        this.most = most;
    }

    /** More is held, or less. */
    void add(long bytes) {
        held.addAndGet(bytes);
    }

    /** Whether there is none. That is said in the log once a minute at most. */
    boolean isFull() {
        boolean full = held.get() > most;
        if (full) {
            seldom.say(unsaid -> LOG.log(
                    System.Logger.Level.WARNING,
                    "the store in memory is full: groups and joins are refused, and messages are not kept as long as"
                            + " they should be; processgroups.memory.bytes = {0}",
                    most));
        }
        return full;
    }

    long held() {
        return held.get();
    }

    /** OVERLOADED when there is none. */
    void require() {
        if (isFull()) {
            throw GroupException.of(
                    ErrorCode.OVERLOADED, "the store is full (processgroups.memory.bytes = " + most + "), try again");
        }
    }

    static long of(Membership membership) {
        return MEMBERSHIP + Weights.of(membership);
    }

    static long of(GroupSpec spec) {
        long bytes = GROUP;
        for (Map.Entry<String, String> label : spec.metadata().labels().entrySet()) {
            bytes += label.getKey().length() + label.getValue().length();
        }
        for (Map.Entry<String, GroupSpec.Annotation> annotation :
                spec.metadata().annotations().entrySet()) {
            bytes +=
                    annotation.getKey().length() + annotation.getValue().value().size();
        }
        return bytes;
    }
}

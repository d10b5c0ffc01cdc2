package io.plexspaces.processgroups.core.replica;

import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Position;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which epoch of its group's log a replica reads, and how far it has read. Changed in the group's serial queue alone;
 * read by any thread.
 */
public final class AppliedPosition {
    private static final VarHandle OFFSET;

    static {
        try {
            OFFSET = MethodHandles.lookup().findVarHandle(AppliedPosition.class, "offset", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final AtomicInteger jumps = new AtomicInteger();
    private volatile @Nullable GroupInfo info;
    private volatile long offset;

    /** Whether a first snapshot of the log was read. */
    public boolean isOpen() {
        return info != null;
    }

    /** As the group was created. */
    public GroupInfo info() {
        return Objects.requireNonNull(info, "not open yet");
    }

    public String epoch() {
        return info().epoch();
    }

    public long offset() {
        return offset;
    }

    public Position position() {
        return new Position(epoch(), offset);
    }

    /** How often the replica was resynchronised. */
    public int jumps() {
        return jumps.get();
    }

    /** Whether the entry that was written at {@code position} was read, or will never be. */
    public boolean isPast(Position position) {
        return position.offset() <= offset || !position.epoch().equals(epoch());
    }

    public void begin(GroupInfo life, long at) {
        info = life;
        offset = at;
    }

    public void jump(GroupInfo life, long at) {
        info = life;
        offset = at;
        jumps.incrementAndGet();
    }

    /**
     * Other threads see it soon, and then everything that was done before. This is an ordered store, as a full barrier
     * for each message would cost too much.
     */
    public void reach(long at) {
        OFFSET.setRelease(this, at);
    }
}

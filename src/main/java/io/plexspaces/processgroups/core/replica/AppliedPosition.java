package io.plexspaces.processgroups.core.replica;

import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Position;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which life of its group a replica reads, and how far it is. Changed in the group's serial queue alone; read by any
 * thread.
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

    /** Whether the log has told anything yet. */
    public boolean isOpen() {
        return info != null;
    }

    /** What was said at the group's creation. */
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

    /** How often the log went on elsewhere than it stood. */
    public int jumps() {
        return jumps.get();
    }

    /** Whether no entry at {@code position}, where something was written, is still to come. */
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
     * Others see it soon, and then what was done before: nobody waits for that, as a full barrier for each message
     * would.
     */
    public void reach(long at) {
        OFFSET.setRelease(this, at);
    }
}

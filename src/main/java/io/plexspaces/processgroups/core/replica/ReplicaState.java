package io.plexspaces.processgroups.core.replica;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.SerialQueue;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.function.Consumer;

/**
 * Where this node's reading of one group stands: the serial queue in which everything about it happens, how far the log
 * has been applied, who uses it, and who waits for what is still to come. Any thread may call.
 */
public final class ReplicaState {
    private final GroupId group;
    private final SerialQueue serial = new SerialQueue();
    private final AppliedPosition applied = new AppliedPosition();
    private final ReplicaUse use = new ReplicaUse();
    private final OffsetWaiters waiters = new OffsetWaiters();

    public ReplicaState(GroupId group) {
        this.group = group;
    }

    public GroupId group() {
        return group;
    }

    public AppliedPosition applied() {
        return applied;
    }

    public ReplicaUse use() {
        return use;
    }

    /** Part of the group's reading. */
    public OffsetWaiters waiters() {
        return waiters;
    }

    /** As the group was created; known once the replica is open. */
    GroupInfo info() {
        return applied.info();
    }

    public String epoch() {
        return applied.epoch();
    }

    Position position() {
        return applied.position();
    }

    /** How often the replica was resynchronised. */
    public int jumps() {
        return applied.jumps();
    }

    /** Runs {@code task} in the serial queue, after everything the log has delivered so far. */
    public void execute(Runnable task) {
        serial.execute(task);
    }

    /**
     * Completes when the entry at {@code position} has been read, or will not be: the group is gone, a
     * resynchronisation skipped it, or the store delivers nothing for too long.
     */
    public Uni<Void> reached(Position position) {
        return serially(emitter -> {
            if (use.isClosed() || applied.isPast(position)) {
                emitter.complete(null);
            } else {
                waiters.add(position.offset(), () -> emitter.complete(null));
            }
        });
    }

    /**
     * The same for an entry that was written after {@code jumps} resynchronisations: its epoch may not be read here
     * yet.
     */
    public Uni<Void> reached(Position written, int jumps) {
        return written.epoch().equals(epoch())
                ? reached(written)
                : moved(jumps).onFailure().recoverWithNull().chain(() -> reached(written));
    }

    /**
     * Completes when everything up to {@code end} has been read. EPOCH_CHANGED when that is in another epoch;
     * STORE_UNAVAILABLE when the log delivers nothing for too long.
     */
    public Uni<Void> upTo(Position end) {
        return reached(end)
                .chain(() -> inOrder(() -> {
                    if (use.isClosed() || !end.epoch().equals(applied.epoch())) {
                        throw stale(group);
                    }
                    if (!applied.isPast(end)) {
                        throw away("its log is not read");
                    }
                    return end;
                }))
                .replaceWithVoid();
    }

    /**
     * Completes when the replica was resynchronised since the count of resynchronisations was {@code jumps}, or the
     * group is gone. STORE_UNAVAILABLE when neither happens within five seconds.
     */
    public Uni<Void> moved(int jumps) {
        return serially(emitter -> {
            if (use.isClosed() || applied.jumps() != jumps) {
                emitter.complete(null);
            } else {
                waiters.addForJump(() -> emitter.complete(null), () -> emitter.fail(away("its log is not read")));
            }
        });
    }

    /** STORE_UNAVAILABLE: the caller may try again later. */
    public GroupException away(String why) {
        return GroupException.of(
                ErrorCode.STORE_UNAVAILABLE,
                "group " + group.name() + " is not ready, as " + why + "; try again later");
    }

    /** This epoch of the group is over: the caller tries again with the next one. */
    public static GroupException stale(GroupId group) {
        return GroupException.of(ErrorCode.EPOCH_CHANGED, "group " + group.name() + " was deleted meanwhile");
    }

    /** Whether what was done with an open replica failed because the group is gone, or has another epoch. */
    public static boolean isElsewhere(Throwable failure) {
        return isStale(failure) || isMissing(failure);
    }

    public static boolean isStale(Throwable failure) {
        return GroupException.is(failure, ErrorCode.EPOCH_CHANGED);
    }

    public static boolean isMissing(Throwable failure) {
        return GroupException.is(failure, ErrorCode.GROUP_NOT_FOUND);
    }

    /** Runs between two entries. */
    public <T> Uni<T> inOrder(Step<T> step) {
        return serially(emitter -> emitter.complete(step.take()));
    }

    /** Runs between two entries. A failure that it throws goes to its caller: the queue would only log it. */
    private <T> Uni<T> serially(Consumer<UniEmitter<? super T>> step) {
        return Uni.createFrom()
                .emitter(emitter -> serial.execute(() -> {
                    try {
                        step.accept(emitter);
                    } catch (RuntimeException | Error failure) {
                        emitter.fail(failure);
                    }
                }));
    }

    public interface Step<T> {
        T take();
    }
}

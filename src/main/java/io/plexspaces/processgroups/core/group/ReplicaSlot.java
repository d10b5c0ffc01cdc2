package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.Tail;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The reading of one group, shared by all who wait for it. They go on in the order in which they came, before any
 * later caller: messages of one publisher keep their order. When the reading is lost, the log is opened again for
 * the same replica: until then no caller is served from what was read before.
 *
 * <p>When there is no such group, and one of those who wait wants it made, it is made, and read then. A caller who
 * wants that finds either a reading that is still to look whether there is one, or one that is over: so it is never
 * left behind callers that came after it.
 */
final class ReplicaSlot {
    private static final int MOST_TICKS = 16;

    /** How often a group is made that is deleted at once. */
    private static final int MOST_MADE = 5;

    final GroupReplica replica;
    private final GroupLog log;
    private final Function<Missing, Uni<Void>> maker;
    private final Consumer<ReplicaSlot> closed;
    private final Queue<UniEmitter<? super GroupReplica>> waiting = new ArrayDeque<>();

    /** Grows with each reading that is lost: late calls of a lost reading are ignored. */
    private final AtomicInteger losses = new AtomicInteger();

    private boolean opening;
    private int ticks;
    private int pause = 1;
    private @Nullable Throwable failure;

    /** What the first of those who want the group made, if it is missing, have it made with; null: nobody does. */
    private @Nullable Missing wanted;

    private int made;

    /** It is over, and is about to be said: whoever wants the group made looks elsewhere. */
    private boolean missed;

    private volatile @Nullable Tail tail;

    /** It is open, and no caller waits. */
    volatile boolean ready;

    private int idleSweeps;

    /**
     * @param maker makes the group, unless there is one by now
     * @param make makes the replica, and tells it whom to call when its reading is lost
     * @param closed called when this is not to be found any more: at least once
     */
    ReplicaSlot(
            GroupLog log,
            Function<Missing, Uni<Void>> maker,
            Function<Consumer<GroupException>, GroupReplica> make,
            Consumer<ReplicaSlot> closed) {
        this.log = log;
        this.maker = maker;
        this.closed = closed;
        replica = make.apply(this::lost);
    }

    /** @param missing what to do when there is no such group; null: GROUP_NOT_FOUND, as also when it is over */
    Uni<GroupReplica> opened(@Nullable Missing missing) {
        return Uni.createFrom().<GroupReplica>emitter(emitter -> open(emitter, missing));
    }

    private void open(UniEmitter<? super GroupReplica> emitter, @Nullable Missing missing) {
        switch (waiting(emitter, missing)) {
            case FIRST -> read();
            case WAITS -> {}
            case MISSED -> emitter.fail(GroupException.groupNotFound(replica.group()));
            case OVER -> {
                Throwable cause = failure;
                if (cause != null) {
                    emitter.fail(cause);
                } else {
                    emitter.complete(replica);
                }
            }
        }
    }

    private enum Turn {
        /** It is the first that waits: it has to begin. */
        FIRST,
        WAITS,
        MISSED,
        /** It is open, or has failed. */
        OVER
    }

    private synchronized Turn waiting(UniEmitter<? super GroupReplica> emitter, @Nullable Missing missing) {
        if (failure != null || ready) {
            return Turn.OVER;
        }
        if (missed && missing != null) {
            return Turn.MISSED;
        }
        wanted = wanted == null ? missing : wanted;
        waiting.add(emitter);
        boolean first = !opening;
        opening = true;
        return first ? Turn.FIRST : Turn.WAITS;
    }

    private void read() {
        int before = losses.get();
        log.open(replica.group(), replica)
                .subscribe()
                .with(opened -> replica.state().execute(() -> begin(before, opened)), cause -> replica.state()
                        .execute(() -> fail(before, cause)));
    }

    private void begin(int before, Tail opened) {
        if (before != losses.get()) {
            opened.close();
            return;
        }
        if (replica.use().isClosed()) {
            opened.close();
        }
        tail = opened;
        pause = 1;
        UniEmitter<? super GroupReplica> next = next();
        while (next != null) {
            next.complete(replica);
            next = next();
        }
    }

    private synchronized @Nullable UniEmitter<? super GroupReplica> next() {
        UniEmitter<? super GroupReplica> next = waiting.poll();
        ready = next == null;
        wanted = null;
        return next;
    }

    private void fail(int before, Throwable cause) {
        if (before != losses.get()) {
            return;
        }
        if (replica.isOpen() && !ReplicaState.isMissing(cause)) {
            over(cause);
            return;
        }
        Missing missing = toMake(cause);
        if (missing != null) {
            maker.apply(missing).subscribe().with(done -> replica.state().execute(this::read), failed -> replica.state()
                    .execute(() -> fail(before, failed)));
            return;
        }
        closed.accept(this);
        synchronized (this) {
            failure = cause;
        }
        failWaiting(cause);
        if (replica.isOpen()) {
            replica.gone();
        }
    }

    /** Null: the group is not made, or was made often enough. */
    private synchronized @Nullable Missing toMake(Throwable cause) {
        if (wanted != null && !replica.isOpen() && ReplicaState.isMissing(cause) && made < MOST_MADE) {
            made++;
            return wanted;
        }
        missed = true;
        return null;
    }

    private void lost(GroupException cause) {
        Tail before = tail;
        tail = null;
        losses.incrementAndGet();
        if (before != null) {
            before.close();
        }
        over(cause);
    }

    /** No caller is served until it is opened again. */
    private void over(Throwable cause) {
        synchronized (this) {
            ready = false;
            opening = false;
            ticks = pause;
            pause = Math.min(MOST_TICKS, 2 * pause);
        }
        failWaiting(cause);
    }

    private void failWaiting(Throwable cause) {
        List<UniEmitter<? super GroupReplica>> all;
        synchronized (this) {
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(emitter -> emitter.fail(cause));
    }

    /** Opens a lost reading again, if this node still needs it. */
    void tick() {
        if (!ready && replica.isOpen() && isDue()) {
            read();
        }
    }

    private synchronized boolean isDue() {
        if (opening || failure != null || --ticks > 0) {
            return false;
        }
        if (replica.use().closeIfUnused()) {
            closed.accept(this);
            return false;
        }
        opening = true;
        return true;
    }

    /** Closes it when it was not used during the last {@code sweeps} calls of this. */
    void closeIdle(int sweeps) {
        Tail before = tail;
        if (replica.use().isClosed()) {
            closed.accept(this);
        } else if (replica.use().takeTouched()) {
            idleSweeps = 0;
        } else if (before != null && ++idleSweeps >= sweeps && replica.use().closeIfUnused()) {
            closed.accept(this);
            before.close();
        }
    }
}

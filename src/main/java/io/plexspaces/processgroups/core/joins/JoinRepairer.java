package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Seat;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.SerialQueue;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Makes joins of this node's sessions again that a store has lost, of all groups: a limited number at a time, so that a
 * store that has just recovered can serve other requests too. What fails is left to the next tick of its group.
 * Thread-safe.
 */
public final class JoinRepairer {
    private static final int AT_ONCE = 256;

    private final GroupLog log;
    private final OperationIds operations;
    private final Queue<JoinRepair> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final SerialQueue turns = new SerialQueue();

    public JoinRepairer(GroupLog log, OperationIds operations) {
        this.log = log;
        this.operations = operations;
    }

    /**
     * Queues a repair; does nothing when it waits already.
     */
    void add(JoinRepair repair) {
        if (repair.queued.compareAndSet(false, true)) {
            waiting.add(repair);
            turns.execute(this::next);
        }
    }

    private void next() {
        while (!waiting.isEmpty() && free.tryAcquire()) {
            JoinRepair repair = waiting.poll();
            if (repair == null) {
                free.release();
            } else {
                begin(repair);
            }
        }
    }

    private void begin(JoinRepair repair) {
        Seat seat = repair.seat();
        Uni<Void> restoring = seat == null
                ? repair.restored()
                : seat.session().restored(repair.repairs().state().group());
        restoring.subscribe().with(done -> ended(repair), failure -> ended(repair));
    }

    private void ended(JoinRepair repair) {
        repair.queued.set(false);
        free.release();
        turns.execute(this::next);
    }

    /** Completes when the store has the joins as they were; STORE_UNAVAILABLE, LIMIT_EXCEEDED, BANNED, FENCED. */
    Uni<Void> restored(JoinRepair repair) {
        return Uni.createFrom()
                .deferred(() -> step(repair))
                .repeat()
                .whilst(more -> more)
                .collect()
                .last()
                .replaceWithVoid()
                .onFailure()
                .transform(failure -> notRestored(repair, failure));
    }

    /** True: compare again. */
    private Uni<Boolean> step(JoinRepair repair) {
        return repair.repairs()
                .missing(repair)
                .chain(missing -> missing.commands().isEmpty()
                        ? Uni.createFrom().item(false)
                        : append(repair, missing)
                                .chain(repair.repairs().state()::reached)
                                .replaceWith(true));
    }

    private static Throwable notRestored(JoinRepair repair, Throwable failure) {
        ErrorCode code = failure instanceof GroupException expected ? expected.code() : ErrorCode.INTERNAL;
        if (failure instanceof GroupException refused
                && (code == ErrorCode.LIMIT_EXCEEDED || code == ErrorCode.FENCED || code == ErrorCode.BANNED)) {
            LeaveReason reason = code == ErrorCode.FENCED ? LeaveReason.NODE_DOWN : LeaveReason.EVICTED;
            repair.repairs().refused(repair, reason, code == ErrorCode.BANNED ? evicted(repair) : refused);
            return refused;
        }
        return repair.repairs().state().away("its joins are being made again");
    }

    private static GroupException evicted(JoinRepair repair) {
        return GroupException.evicted(repair.repairs().state().group(), repair.actor());
    }

    /** Appends all in the name of their session, in order; completes with the position of the last. */
    private Uni<Position> append(JoinRepair repair, JoinRepairs.Missing missing) {
        List<Uni<Appended>> appends = new ArrayList<>(missing.commands().size());
        for (Command command : missing.commands()) {
            OperationId operation = operations.next(repair.owner());
            appends.add(log.append(repair.repairs().state().group(), missing.epoch(), command, operation));
        }
        return Uni.join().all(appends).andFailFast().map(all -> all.get(all.size() - 1)
                .position());
    }

    /** The incarnation of this node that the sessions here belong to. */
    long incarnation() {
        return operations.lease().incarnation();
    }
}

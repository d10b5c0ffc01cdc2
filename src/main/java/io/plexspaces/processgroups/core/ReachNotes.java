package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.SerialQueue;
import io.smallrye.mutiny.Uni;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Has the log note which sessions of this node receive: of so many groups at a time that other changes go on when thousands of clients lose
 * their connections at once, and one note of a group after the other. What fails is left to the next tick of its group. Thread-safe.
 */
final class ReachNotes {
    private static final int AT_ONCE = 16;

    private final GroupLog log;
    private final OperationIds operations;
    private final Queue<GroupReplica> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final SerialQueue turns = new SerialQueue();

    ReachNotes(GroupLog log, OperationIds operations) {
        this.log = log;
        this.operations = operations;
    }

    /** Nothing happens when it waits already. */
    void add(GroupReplica replica) {
        if (replica.noting.compareAndSet(false, true)) {
            waiting.add(replica);
            turns.execute(this::next);
        }
    }

    private void next() {
        while (!waiting.isEmpty() && free.tryAcquire()) {
            GroupReplica replica = waiting.poll();
            if (replica == null) {
                free.release();
            } else {
                note(replica).subscribe().with(done -> ended(replica, false), failure -> ended(replica, true));
            }
        }
    }

    private Uni<Void> note(GroupReplica replica) {
        return replica.nextNote()
                .chain(note -> note.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : log.append(replica.group(), replica.epoch(), note.get(), operations.next())
                                .chain(done -> replica.reached(done.position())));
    }

    private void ended(GroupReplica replica, boolean failed) {
        replica.noting.set(false);
        free.release();
        if (!failed && replica.hasNotes()) {
            add(replica);
        }
        turns.execute(this::next);
    }
}

package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.SerialQueue;
import io.smallrye.mutiny.Uni;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Writes into the log which sessions of this node receive messages now. It does so for a limited number of groups at a
 * time, so that other changes go on when thousands of clients lose their connections at once; and for each group one
 * note after the other. A failed note is left to the next tick of its group. Thread-safe.
 */
public final class ReachNotes {
    private static final int AT_ONCE = 16;

    private final GroupLog log;
    private final OperationIds operations;
    private final Queue<Reaching> waiting = new ConcurrentLinkedQueue<>();
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final SerialQueue turns = new SerialQueue();

    public ReachNotes(GroupLog log, OperationIds operations) {
        this.log = log;
        this.operations = operations;
    }

    /** Nothing happens when it waits already. */
    void add(Reaching group) {
        if (group.noting.compareAndSet(false, true)) {
            waiting.add(group);
            turns.execute(this::next);
        }
    }

    private void next() {
        while (!waiting.isEmpty() && free.tryAcquire()) {
            Reaching group = waiting.poll();
            if (group == null) {
                free.release();
            } else {
                note(group).subscribe().with(done -> ended(group, false), failure -> ended(group, true));
            }
        }
    }

    private Uni<Void> note(Reaching group) {
        return group.nextNote()
                .chain(note -> note.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : log.append(group.state().group(), group.state().epoch(), note.get(), operations.next())
                                .chain(done -> group.state().reached(done.position())));
    }

    private void ended(Reaching group, boolean failed) {
        group.noting.set(false);
        free.release();
        if (!failed && !group.isEmpty()) {
            add(group);
        }
        turns.execute(this::next);
    }
}

package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.core.replica.ReplicaUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Publishes of one group that the log refused, as it is in another life than was read here, and those that came while
 * one of them may still go first: they go on in the order in which they began. While nothing of that kind is known,
 * nobody asks here ({@link ReplicaUse#isHeld}).
 */
final class PublishRetries {
    private final ReplicaState state;
    private final PendingPublishes answers;

    /** By {@link PendingPublish#turn}. Guarded by this. */
    private final NavigableMap<Long, PendingPublish> waiting = new TreeMap<>();

    PublishRetries(ReplicaState state, PendingPublishes answers) {
        this.state = state;
        this.answers = answers;
    }

    // ---- any thread; to be followed by proceed, in the group's serial queue

    /** The log did not take it in the life that was read when it was given to it. */
    synchronized void refused(PendingPublish publishing) {
        state.use().hold();
        waiting.put(publishing.turn(), publishing);
    }

    /** False: nobody has to go first any more. */
    synchronized boolean add(PendingPublish publishing) {
        if (!state.use().isHeld()) {
            return false;
        }
        publishing.untried();
        waiting.put(publishing.turn(), publishing);
        return true;
    }

    // ---- part of the group's reading

    /** Lets go on who may, unless one that began in an earlier life may still be refused: that one goes first. */
    void proceed() {
        if (!state.use().isHeld()) {
            return;
        }
        if (state.use().isClosed()) {
            takeAll().forEach(publishing -> publishing.fail(ReplicaState.stale(state.group())));
            return;
        }
        int jumps = state.jumps();
        if (answers.isUndecided(state, jumps)) {
            return;
        }
        PendingPublish next = next(jumps);
        while (next != null) {
            next.again();
            next = next(jumps);
        }
    }

    /** Null: nobody waits any more, or the first has seen the present life refused and waits for the next. */
    private synchronized @Nullable PendingPublish next(int jumps) {
        Map.Entry<Long, PendingPublish> first = waiting.firstEntry();
        if (first == null) {
            state.use().release();
            return null;
        }
        if (first.getValue().beganAt(jumps)) {
            return null;
        }
        waiting.pollFirstEntry();
        return first.getValue();
    }

    /** To be called regularly: nobody waits forever. */
    void tick() {
        if (state.use().isHeld()) {
            takeLate().forEach(publishing -> publishing.fail(state.away("its log is not read")));
            proceed();
        }
    }

    private synchronized List<PendingPublish> takeLate() {
        List<PendingPublish> late = new ArrayList<>(0);
        waiting.values().removeIf(publishing -> publishing.isLate() && late.add(publishing));
        return late;
    }

    private synchronized List<PendingPublish> takeAll() {
        List<PendingPublish> all = List.copyOf(waiting.values());
        waiting.clear();
        return all;
    }
}

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
 * Retries of the publishes of one group, in order: messages of one publisher keep their order although the log's epoch
 * changes while they are under way.
 *
 * <p>A publish names the epoch that this node has read. When the log has another one by then, the store refuses the
 * publish (EPOCH_CHANGED). It waits here until this node has read the new epoch, and is tried again. Publishes that
 * begin later must not overtake it: while the group is <i>held</i> ({@link ReplicaUse#isHeld}), they wait here, too,
 * and all go on in the order in which they began ({@link PendingPublish#turn}). A group that is not held costs a
 * publish the look at one flag.
 *
 * <pre>{@code
 *                     begin, and the group is not held
 *         +-------------------------------------------> APPENDING --entry read--> ANSWERED
 *   NEW --|                                              |      ^
 *         |                              EPOCH_CHANGED,  |      | proceed: its turn, and no earlier
 *         |                              hold the group  |      | publish is undecided
 *         |                                              v      |
 *         +-------------------------------------------> WAITING
 *                     begin, and the group is held       |
 *                                                        +--the group is deleted--> EPOCH_CHANGED: tried
 *                                                        |                          with the next replica
 *                                                        +--tick: waited too long-> fails: STORE_UNAVAILABLE
 * }</pre>
 *
 * <p>A publish is <i>undecided</i> when it was given to the log before the last resynchronisation and has no answer
 * yet: it may still be refused, and would then go first ({@link PendingPublishes#isUndecided}). A resynchronisation
 * with a new epoch holds the group before the new epoch can be seen; the last retry releases it.
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

    /** The log refused it: its epoch is not the one that this node had read. */
    synchronized void refused(PendingPublish publishing) {
        state.use().hold();
        waiting.put(publishing.turn(), publishing);
    }

    /** False: no other publish has to go first any more. */
    synchronized boolean add(PendingPublish publishing) {
        if (!state.use().isHeld()) {
            return false;
        }
        publishing.untried();
        waiting.put(publishing.turn(), publishing);
        return true;
    }

    // ---- part of the group's reading

    /**
     * Tries waiting publishes again, unless one that began in an earlier epoch may still be refused: that one goes
     * first.
     */
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

    /** Null: no publish waits any more, or the first one was refused in the present epoch and waits for the next. */
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

    /** To be called regularly: ends waits that last too long. */
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

package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One publish of this node, until its entry comes back in the group's reading and answers it. One object where operators
 * on the append would be several, since every message comes this way. Thread-safe.
 */
final class Publishing implements UniSubscriber<Appended> {
    private final GroupReplica replica;
    private final OperationId operation;
    private final Groups.Recipients wanted;
    private final UniEmitter<? super Groups.PublishResult> answer;

    /** How often the log had gone on elsewhere when this began. */
    private final int jumps;

    private volatile @Nullable Position accepted;

    /** Of {@link #isOverdue} alone. */
    private int ticks;

    /** @param wanted what the answer is to tell of the recipients */
    Publishing(
            GroupReplica replica,
            OperationId operation,
            Groups.Recipients wanted,
            UniEmitter<? super Groups.PublishResult> answer) {
        this.replica = replica;
        this.operation = operation;
        this.wanted = wanted;
        this.answer = answer;
        this.jumps = replica.jumps();
    }

    boolean isOf(GroupReplica other) {
        return replica == other;
    }

    Groups.Recipients wanted() {
        return wanted;
    }

    /** Where the log has it; null: not known yet. */
    @Nullable
    Position accepted() {
        return accepted;
    }

    /** To be called regularly, by one thread: whether it was accepted long ago, and its entry has still not come. */
    boolean isOverdue() {
        return accepted != null && ++ticks > Waiters.PATIENCE;
    }

    /** Its entry will not be read here: it is in the log at {@code position}, and that is all that is known. */
    void completeUnread(Position position) {
        boolean truncated = wanted == Groups.Recipients.IDS;
        answer.complete(new Groups.PublishResult(position, 0, 0, Map.of(), List.of(), truncated, false));
    }

    /** Its entry has come. */
    void complete(Groups.PublishResult result) {
        answer.complete(result);
    }

    void fail(Throwable failure) {
        answer.fail(failure);
    }

    @Override
    public Context context() {
        return Context.empty();
    }

    @Override
    public void onSubscribe(UniSubscription append) {}

    @Override
    public void onItem(Appended done) {
        if (done.repeated()) {
            // No entry will come: the message is in the log since the first time.
            replica.forget(operation);
            Position first = done.position();
            replica.firstAnswer(first, wanted).subscribe().with(this::complete, this::fail);
            return;
        }
        // Before the jumps are looked at: a jump looks at this after it is counted, so that one of the two sees the
        // other.
        accepted = done.position();
        if (replica.jumps() != jumps) {
            replica.passed(operation);
        }
    }

    @Override
    public void onFailure(Throwable failure) {
        replica.forget(operation);
        answer.fail(failure);
    }
}

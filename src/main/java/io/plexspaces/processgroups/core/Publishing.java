package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One publish of this node, until its entry comes back in the group's reading and answers it. One object where operators
 * on the append would be several, since every message comes this way. Thread-safe.
 */
final class Publishing implements UniSubscriber<Appended>, UniSubscription {
    private final GroupReplica replica;
    private final Groups.Recipients wanted;
    private final Publishes.@Nullable Publish owner;

    /** How often the log had gone on elsewhere when this began. */
    private final int jumps;

    /** Who is to be answered; null: it has its answer, or wants none any more. Guarded by this. */
    private @Nullable UniSubscriber<? super PublishResult> answer;

    private @Nullable OperationId operation;
    private volatile @Nullable Position accepted;

    /** Of {@link #isOverdue} alone. */
    private int ticks;

    /**
     * @param wanted what the answer is to tell of the recipients
     * @param owner who entered the replica for this alone, and tries again when it is in another life; null: neither
     */
    Publishing(
            GroupReplica replica,
            Groups.Recipients wanted,
            UniSubscriber<? super PublishResult> answer,
            Publishes.@Nullable Publish owner) {
        this.replica = replica;
        this.wanted = wanted;
        this.answer = answer;
        this.owner = owner;
        this.jumps = replica.jumps();
    }

    /** To be called before the append. */
    void begin(OperationId as) {
        operation = as;
        replica.expectPublished(as, this);
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
        complete(new PublishResult(position, 0, 0, Map.of(), List.of(), truncated, false));
    }

    /** Its entry has come. */
    void complete(PublishResult result) {
        UniSubscriber<? super PublishResult> told = take();
        if (told != null) {
            told.onItem(result);
        }
    }

    void fail(Throwable failure) {
        UniSubscriber<? super PublishResult> told = take();
        if (told == null) {
            return;
        }
        if (owner != null && Replicas.isElsewhere(failure)) {
            owner.patiently().subscribe().with(told::onItem, told::onFailure);
        } else {
            told.onFailure(failure);
        }
    }

    /** Whoever asked does not want to know any more; the message is published all the same. */
    @Override
    public void cancel() {
        OperationId begun = operation;
        if (take() != null && begun != null) {
            replica.forget(begun);
        }
    }

    private synchronized boolean isAnswered() {
        return answer == null;
    }

    private @Nullable UniSubscriber<? super PublishResult> take() {
        UniSubscriber<? super PublishResult> taken;
        synchronized (this) {
            taken = answer;
            answer = null;
        }
        if (taken != null && owner != null) {
            replica.usage().exit();
        }
        return taken;
    }

    @Override
    public Context context() {
        return Context.empty();
    }

    @Override
    public void onSubscribe(UniSubscription append) {}

    @Override
    public void onItem(Appended done) {
        OperationId begun = Objects.requireNonNull(operation);
        if (done.repeated()) {
            // No entry will come: the message is in the log since the first time.
            replica.forget(begun);
            // Nor may it have been read here yet.
            Position first = done.position();
            replica.reached(first)
                    .chain(() -> replica.firstAnswer(first, wanted))
                    .subscribe()
                    .with(this::complete, this::fail);
            return;
        }
        if (isAnswered()) {
            return;
        }
        // Before the jumps are looked at: a jump looks at this after it is counted, so that one of the two sees the
        // other.
        accepted = done.position();
        if (replica.jumps() != jumps || replica.usage().isClosed()) {
            replica.passed(begun);
        }
    }

    @Override
    public void onFailure(Throwable failure) {
        replica.forget(Objects.requireNonNull(operation));
        fail(failure);
    }
}

package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.replica.OffsetWaiters;
import io.plexspaces.processgroups.core.replica.ReplicaState;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One publish of this node, until its entry is read from the group's log and completes the answer. One object where
 * operators on the append would be several, since every message comes this way. Thread-safe.
 */
public final class PendingPublish implements UniSubscriber<Appended>, UniSubscription {
    private static final int UNTRIED = -1;

    /** How it is given to the log: once, and again for each epoch of the log that refuses it. */
    interface Attempts {
        Groups.PublishRequest request();

        default Groups.RecipientDetail wanted() {
            return request().recipients();
        }

        /** As in the last attempt. */
        Dispatch dispatch();

        void again(GroupPublishes publishes, PendingPublish publishing);

        /** Whether it keeps its replica open by itself, and tries the next one when that one is closed. */
        boolean entersAlone();

        /** The same, once the group is open in its present epoch. */
        Uni<PublishResult> patiently();
    }

    private final GroupPublishes publishes;
    private final Attempts attempts;

    /** The number of resynchronisations when this was given to the log for the last time. */
    private int jumps;

    /** Of {@link #isOverdue} and {@link #isLate} alone, which look at it one after the other. */
    private int ticks;

    /** Its place among the publishes of this node. */
    private long turn;

    /** Who is to be answered; null: it has its answer, or wants none any more. Guarded by this. */
    private @Nullable UniSubscriber<? super PublishResult> answer;

    private @Nullable OperationId operation;
    private volatile @Nullable Position accepted;

    PendingPublish(GroupPublishes publishes, Attempts attempts, UniSubscriber<? super PublishResult> answer) {
        this.publishes = publishes;
        this.attempts = attempts;
        this.answer = answer;
        this.jumps = publishes.state().jumps();
    }

    /** To be called before the append. */
    void begin(OperationId as) {
        operation = as;
        if (turn == 0) {
            turn = as.sequence();
        }
        publishes.expect(as, this);
    }

    /** Grows in the order in which the publishes began; a retry keeps it. */
    long turn() {
        return turn;
    }

    /** The id of its last attempt. */
    OperationId operation() {
        return Objects.requireNonNull(operation);
    }

    boolean isOf(ReplicaState other) {
        return publishes.state() == other;
    }

    Groups.RecipientDetail wanted() {
        return attempts.wanted();
    }

    String idempotencyKey() {
        return attempts.request().message().idempotencyKey();
    }

    /** What was published, as if it had been at {@code first}. */
    Entry.Published asPublishedAt(Position first) {
        Groups.PublishRequest request = attempts.request();
        return new Entry.Published(
                first.offset(),
                Instant.EPOCH,
                operation(),
                0,
                request.message(),
                request.topic(),
                attempts.dispatch(),
                request.excludeSender());
    }

    boolean isToOne() {
        return attempts.request().spread() == Groups.Spread.ONE;
    }

    /** Where the log has it; null: not known yet. */
    public @Nullable Position accepted() {
        return accepted;
    }

    /** To be called regularly, by one thread: whether it was accepted long ago, and its entry has still not come. */
    public boolean isOverdue() {
        return accepted != null && ++ticks > OffsetWaiters.PATIENCE;
    }

    /** Stops waiting for its entry; false: the entry was read meanwhile, or it was given up before. */
    public boolean giveUp(OperationId as) {
        return publishes.forget(as, this);
    }

    // ---- in its group's turns

    /** Whether it was given to the log after this many resynchronisations. */
    boolean beganAt(int count) {
        return jumps == count;
    }

    /** It waits for its turn, and the log does not know of it. */
    void untried() {
        forget();
        jumps = UNTRIED;
    }

    /** To be called regularly, while it waits for its turn: whether it did for too long. */
    boolean isLate() {
        return ++ticks > OffsetWaiters.PATIENCE;
    }

    /** It is its turn. */
    void again() {
        if (!isAnswered()) {
            jumps = publishes.state().jumps();
            ticks = 0;
            attempts.again(publishes, this);
        }
    }

    /** Its entry will not be read here: it is in the log at {@code position}, and that is all that is known. */
    public void completeUnread(Position position) {
        boolean truncated = wanted() == Groups.RecipientDetail.IDS;
        complete(unread(position, truncated, false));
    }

    static PublishResult unread(Position position, boolean truncated, boolean repeated) {
        return new PublishResult(position, 0, 0, Map.of(), List.of(), truncated, false, repeated);
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
        if (attempts.entersAlone() && ReplicaState.isElsewhere(failure)) {
            attempts.patiently().subscribe().with(told::onItem, told::onFailure);
        } else {
            told.onFailure(failure);
        }
    }

    /** It could not be given to the log. */
    void abort(Throwable failure) {
        forget();
        fail(failure);
        decided();
    }

    /**
     * The caller no longer waits for the answer; the message is published all the same, if it was given to the log.
     */
    @Override
    public void cancel() {
        if (take() != null) {
            forget();
            decided();
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
        if (taken != null && attempts.entersAlone()) {
            publishes.state().use().exit();
        }
        return taken;
    }

    private void forget() {
        OperationId begun = operation;
        if (begun != null) {
            publishes.forget(begun);
        }
    }

    /** Other publishes may have waited for its result. */
    private void decided() {
        OperationId begun = operation;
        if (begun != null
                && (publishes.state().jumps() != jumps
                        || publishes.state().use().isClosed())) {
            publishes.passed(begun);
        }
    }

    @Override
    public Context context() {
        return Context.empty();
    }

    @Override
    public void onSubscribe(UniSubscription append) {}

    @Override
    public void onItem(Appended done) {
        try {
            appended(done);
        } catch (Throwable failure) {
            abort(failure);
            throw failure;
        }
    }

    private void appended(Appended done) {
        if (done.repeated()) {
            repeated(done.position());
        } else if (!isAnswered()) {
            // Set before the count of resynchronisations is read: a resynchronisation reads this after it is counted,
            // so one of the two sees the other.
            accepted = done.position();
        } else {
            // It may have been given up while it was given to the log.
            forget();
        }
        decided();
    }

    /**
     * No entry will come: the message is in the log since the first attempt. This node may not have read that entry
     * yet.
     */
    private void repeated(Position first) {
        forget();
        publishes
                .state()
                .reached(first)
                .chain(() -> publishes.firstAnswer(first, this))
                .subscribe()
                .with(this::complete, this::fail);
    }

    @Override
    public void onFailure(Throwable failure) {
        if (ReplicaState.isElsewhere(failure)) {
            publishes.refused(operation(), this);
            return;
        }
        forget();
        fail(failure);
        decided();
    }
}

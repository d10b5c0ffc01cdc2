package io.plexspaces.processgroups.log.redis.index;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many members one tenant has, as far as this node knows: as they were counted last, with those that this node has
 * let join since, or is letting join. Thread-safe.
 *
 * <p>A join is counted in from before it is sent. So this node alone never lets too many in. It may refuse some too
 * early: those that join while it counts may be counted twice, until it counts again.
 */
final class TenantMembers {
    private static final long SECOND = 1_000_000_000L;

    /** How long a count is relied on; the second while more than three quarters of the quota are free. */
    private static final long TRUSTED = SECOND;

    static final long TRUSTED_FAR = 10 * SECOND;

    private static final long FAR = 4;

    /** The least time between the beginnings of two counts, and how many times the time that one takes. */
    private static final long LEAST = SECOND / 10;

    private static final int SHARE = 10;

    private final Supplier<Future<Long>> counting;
    private final Consumer<Runnable> whenTooLong;
    private final LongSupplier nanos;

    // Under this object's lock.
    private boolean known;
    private long members;

    /** Whether the last count has failed. */
    private boolean failing;

    /** Of this node: let in since the count began, or under way. */
    private long added;

    private long underWay;

    /** What {@link #added} will be once the count is there that is under way. */
    private long addedNext;

    /** When the last count began that is over, and when the next may begin. */
    private long begun;

    private long mayBegin;

    private @Nullable Promise<Void> count;
    private long countBegun;

    /**
     * @param counting counts anew
     * @param whenTooLong runs a task when nobody should wait any longer for a count that begins now
     */
    TenantMembers(Supplier<Future<Long>> counting, Consumer<Runnable> whenTooLong, LongSupplier nanos) {
        this.counting = counting;
        this.whenTooLong = whenTooLong;
        this.nanos = nanos;
        this.mayBegin = nanos.getAsLong();
    }

    /** Members that are about to be there, and how many of them the quota has room for. */
    final class Joining {
        private final int actors;
        private final long room;
        private boolean over;

        private Joining(int actors, long room) {
            this.actors = actors;
            this.room = room;
        }

        long room() {
            return room;
        }

        /** The join is over: so many have become members, or may have. Further calls do nothing. */
        void over(int newcomers) {
            synchronized (TenantMembers.this) {
                if (!over) {
                    over = true;
                    underWay -= actors;
                    added -= actors - newcomers;
                    addedNext -= actors - newcomers;
                }
            }
        }
    }

    /** Counts them in, whether there is room or not. */
    synchronized Joining join(int actors, long quota) {
        long room = Math.max(0, quota - members - added);
        added += actors;
        underWay += actors;
        addedNext += actors;
        return new Joining(actors, room);
    }

    /**
     * Completes when there is a count that can be relied on; while counts fail or take too long, with the last that
     * there was, and what this node has let in since. Fails when there has been none.
     */
    Future<Void> known(int quota) {
        boolean enough;
        synchronized (this) {
            if (known && isTrusted(FAR * (members + added) < quota ? TRUSTED_FAR : TRUSTED)) {
                return Future.succeededFuture();
            }
            enough = known && failing;
        }
        Future<Void> next = count();
        return enough ? Future.succeededFuture() : next;
    }

    /**
     * How long to wait until they can be counted later than at a time, in nanoseconds; 0: not at all; negative: they
     * were.
     */
    synchronized long untilCountedAfter(long time) {
        return known && begun - time >= 0 ? -1 : Math.max(0, mayBegin - nanos.getAsLong());
    }

    /** Counts them, unless that is under way; completes as {@link #known}. */
    Future<Void> count() {
        Promise<Void> mine;
        synchronized (this) {
            if (count != null) {
                return count.future();
            }
            mine = Promise.promise();
            count = mine;
            countBegun = nanos.getAsLong();
            addedNext = underWay;
        }
        try {
            Future<Long> done = begin();
            if (!done.isComplete()) {
                whenTooLong.accept(() -> waitedTooLong(mine));
            }
            done.onComplete(said -> over(said, mine));
        } catch (RuntimeException | Error failure) {
            over(Future.failedFuture(failure), mine);
        }
        return mine.future();
    }

    private void over(AsyncResult<Long> said, Promise<Void> waiting) {
        if (end(said, waiting)) {
            waiting.tryComplete();
        } else {
            waiting.tryFail(said.cause());
        }
    }

    private void waitedTooLong(Promise<Void> waiting) {
        if (isKnown()) {
            waiting.tryComplete();
        } else {
            waiting.tryFail(GroupException.of(
                    ErrorCode.STORE_UNAVAILABLE, "the store takes long to count the members; try again later"));
        }
    }

    private synchronized boolean isKnown() {
        return known;
    }

    private Future<Long> begin() {
        try {
            return counting.get();
        } catch (Throwable failure) {
            return Future.failedFuture(failure);
        }
    }

    /** A count that has failed leaves what was known. False: nothing is. */
    private synchronized boolean end(AsyncResult<Long> said, Promise<Void> waiting) {
        if (count != waiting) {
            return known;
        }
        failing = said.failed();
        if (!failing) {
            members = said.result();
            added = addedNext;
            known = true;
        }
        begun = countBegun;
        mayBegin = begun + Math.min(TRUSTED_FAR, Math.max(LEAST, SHARE * (nanos.getAsLong() - begun)));
        count = null;
        return known;
    }

    private boolean isTrusted(long time) {
        long now = nanos.getAsLong();
        return now - begun < time || now - mayBegin < 0;
    }

    /** Whether nothing is lost when this is forgotten and made anew. */
    synchronized boolean isIdle() {
        return count == null && underWay == 0 && !(known && isTrusted(TRUSTED_FAR));
    }
}

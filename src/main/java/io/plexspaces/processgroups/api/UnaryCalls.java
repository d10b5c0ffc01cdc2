package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.GroupException;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Unary calls that are under way, of all protocols, and whether more are begun. Thread-safe. */
@Singleton
public final class UnaryCalls {
    private final LongAdder underWay = new LongAdder();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable GroupException refusing;

    /** Null: the call is under way until {@link #end}; else why it is refused. */
    public @Nullable GroupException begin() {
        underWay.increment();
        GroupException refused = refusing;
        if (refused != null) {
            end();
        }
        return refused;
    }

    /** A call has its answer. */
    public void end() {
        underWay.decrement();
        if (refusing != null && underWay.sum() == 0) {
            ended.complete(null);
        }
    }

    /**
     * Begins no more calls.
     *
     * @return completes when those under way have their answers
     */
    public CompletableFuture<Void> refuse(GroupException cause) {
        refusing = cause;
        if (underWay.sum() == 0) {
            ended.complete(null);
        }
        return ended;
    }
}

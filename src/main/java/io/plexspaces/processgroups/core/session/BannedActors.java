package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Evictions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may open no session for now, as this node has read it from the store; as many as the store has, at most. Time is
 * the store's: as it said last, and what has passed since. Thread-safe; who asks waits for nothing.
 */
final class BannedActors {
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private final Map<Who, Instant> bans = new ConcurrentHashMap<>();
    private volatile Clock clock = new Clock(Instant.EPOCH, 0);
    private volatile long last;

    /** Whether all notes of before were read: what comes then is news. */
    private boolean begun;

    private Instant swept = Instant.EPOCH;

    /** An actor of a tenant, in whichever namespace. */
    record Who(String tenant, ActorId actor) {}

    private record Clock(Instant at, long nanos) {}

    /** @param nanos a monotonic clock */
    BannedActors(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The number of the last note that was read; 0: none was. */
    long last() {
        return last;
    }

    /** Bans that are remembered; some may have run out. */
    int size() {
        return bans.size();
    }

    /**
     * Takes notes, but for those it has; in whichever order they come.
     *
     * @return whose sessions must end
     */
    synchronized Set<Who> take(Evictions.Notes notes) {
        clock = new Clock(notes.now(), nanos.getAsLong());
        forgetExpired(notes.now());
        Set<Who> evicted = new HashSet<>();
        for (Evictions.Note note : notes.notes()) {
            if (note.number() <= last) {
                continue;
            }
            last = note.number();
            Who who = new Who(note.tenant(), note.actor());
            if (note.until() == null) {
                bans.remove(who);
            } else {
                bans.put(who, note.until());
            }
            if (begun || note.until() != null) {
                evicted.add(who);
            }
        }
        last = Math.max(last, notes.last());
        begun |= !notes.more();
        return evicted;
    }

    private void forgetExpired(Instant now) {
        if (now.isAfter(swept.plus(SWEEP))) {
            swept = now;
            bans.values().removeIf(until -> !until.isAfter(now));
        }
    }

    /** Why this actor may open no session; null: it may. */
    @Nullable
    GroupException refusal(String tenant, ActorId actor) {
        Instant until = bans.isEmpty() ? null : bans.get(new Who(tenant, actor));
        if (until == null) {
            return null;
        }
        Clock known = clock;
        Duration left = Duration.between(known.at().plusNanos(nanos.getAsLong() - known.nanos()), until);
        return left.isNegative() || left.isZero() ? null : GroupException.bannedEverywhere(tenant, actor, left);
    }
}

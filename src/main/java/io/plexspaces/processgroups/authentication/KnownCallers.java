package io.plexspaces.processgroups.authentication;

import io.plexspaces.processgroups.access.Caller;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was made of tokens, by their digests, until they expire. When there are too many, the least recently used goes
 * first. Does not say that a token is still good. Thread-safe.
 */
final class KnownCallers {
    private final InstantSource clock;
    private final int most;
    private final int mostWeight;

    // Guarded by this.
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    private int weight;

    /** @param weight of its rules and their actors, which is about what it takes of the memory */
    private record Known(Caller caller, Instant expiry, int weight) {}

    /** @param mostWeight of all together; a caller of more is not kept */
    KnownCallers(InstantSource clock, int most, int mostWeight) {
        this.clock = clock;
        this.most = most;
        this.mostWeight = mostWeight;
    }

    /** Null: it is not known, or has expired. */
    synchronized @Nullable Caller find(String digest) {
        Known found = known.get(digest);
        if (found == null) {
            return null;
        }
        if (clock.instant().isBefore(found.expiry())) {
            return found.caller();
        }
        known.remove(digest);
        weight -= found.weight();
        return null;
    }

    /** Keeps it, unless another thread was first: then that one's is the answer. */
    synchronized Caller keep(String digest, Caller made, Instant expiry, int itsWeight) {
        Caller before = find(digest);
        if (before != null) {
            return before;
        }
        if (itsWeight <= mostWeight && clock.instant().isBefore(expiry)) {
            known.put(digest, new Known(made, expiry, itsWeight));
            weight += itsWeight;
            makeRoom();
        }
        return made;
    }

    synchronized int size() {
        return known.size();
    }

    private void makeRoom() {
        Iterator<Known> leastRecent = known.values().iterator();
        while (known.size() > most || weight > mostWeight) {
            weight -= leastRecent.next().weight();
            leastRecent.remove();
        }
    }
}

package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.ActorId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Actors that were evicted from every group of their tenant, and may not come back for a time. Kept in the store, and
 * read by all nodes: what is noted has a number, greater than those of all notes before it.
 */
public interface Evictions {
    /** Actors of all tenants that are noted at most; beyond it LIMIT_EXCEEDED. */
    int MOST = 100_000;

    /** How long a note stays at least: longer than the lease of a node that has not read it can last. */
    Duration NOTED = Duration.ofHours(2);

    /** Notes that are read at once. */
    int PAGE = 500;

    /**
     * Notes that an actor was evicted from its whole tenant; in place of its last note. When this is done and a ban is
     * given, each join and takeover of the actor in a group of the tenant is BANNED, in the step that would make it.
     * LIMIT_EXCEEDED, naming {@code everywhere}, when as many others are noted as may be; nothing is done then.
     *
     * @param ban for how long it may not come back, in place of what was said before; zero: it may; null: what was said
     *     before stays
     */
    Uni<Void> evict(String tenant, ActorId actor, @Nullable Duration ban);

    /** The notes with greater numbers, the least first, at most {@value #PAGE}. */
    Uni<Notes> notesAfter(long number);

    /**
     * Some notes.
     *
     * @param last the greatest number among them and those that could not be read, which are left out; 0: there are
     *     none
     * @param more there are further ones
     * @param now the store's time
     */
    record Notes(List<Note> notes, long last, boolean more, Instant now) {}

    /**
     * One actor, as it was noted last.
     *
     * @param until when it may come back, by the store's clock; null: it may
     */
    record Note(
            long number,
            String tenant,
            ActorId actor,
            @Nullable Instant until) {}
}

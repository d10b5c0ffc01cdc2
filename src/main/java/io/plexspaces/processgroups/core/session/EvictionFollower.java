package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.log.Evictions;
import io.plexspaces.processgroups.tasks.Delays;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * Reads who was evicted from a whole tenant, each second: sessions of those end here, and while they are banned, none
 * begins. Without the store, what was read last counts: then no session can join anything either.
 */
public final class EvictionFollower {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final System.Logger LOG = System.getLogger(EvictionFollower.class.getName());

    private final Evictions store;
    private final Sessions sessions;

    public EvictionFollower(Evictions store, Sessions sessions) {
        this.store = store;
        this.sessions = sessions;
    }

    /**
     * Runs until {@code timer} stops; the first pass begins now.
     *
     * @param longest after which a pass is given up, and begun again
     */
    public void start(PeriodicTasks tasks, Delays timer, Duration longest) {
        tasks.every(PERIOD, longest, "reading evictions", timer, this::read);
        read().subscribe()
                .with(done -> {}, failure -> LOG.log(System.Logger.Level.DEBUG, "evictions are read later", failure));
    }

    /** Reads all that is new; passes that overlap do no harm. */
    public Uni<Void> read() {
        return Uni.createFrom()
                .deferred(() -> store.notesAfter(sessions.banned().last()))
                .map(this::take)
                .repeat()
                .whilst(more -> more)
                .collect()
                .last()
                .replaceWithVoid();
    }

    private boolean take(Evictions.Notes notes) {
        sessions.evict(notes);
        return notes.more();
    }
}

package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ActorId;
import org.jspecify.annotations.Nullable;

/**
 * The delivery of one frame to one roster: first the step that brings it to the loop, then a link in the list of what
 * the roster hands out at the end of the turn. So a message costs a loop one short-lived object, and no longer-lived
 * object points at more than the ends of that list.
 */
final class Delivery implements Runnable {
    private final Roster roster;
    final Frame frame;

    /** About how many bytes it keeps alive. */
    final int weight;

    /** Not for this actor's; null: for all. */
    final @Nullable ActorId except;

    // On the loop alone.
    @Nullable
    Delivery next;

    Delivery(Roster roster, Frame frame, int weight, @Nullable ActorId except) {
        this.roster = roster;
        this.frame = frame;
        this.weight = weight;
        this.except = except;
    }

    @Override
    public void run() {
        try {
            roster.take(this);
        } catch (RuntimeException | Error failure) {
            roster.fail(failure);
        }
    }
}

package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a command did.
 *
 * @param position of its (last) entry; of the first publish when repeated; the log's end for commands without entry.
 *     For a delete of no group: offset 0
 * @param at store time
 * @param membership after a join, leave, renewal or update of the (last) actor; null when it is no member, and for
 *     other commands
 * @param ended joins that a leave or an eviction took away; 0 for other commands
 * @param repeated nothing was done, because the idempotency key was used before
 */
public record Appended(
        Position position, Instant at, @Nullable Membership membership, int ended, boolean repeated) {
    /** Of any command but a leave and an eviction. */
    public Appended(Position position, Instant at, @Nullable Membership membership, boolean repeated) {
        this(position, at, membership, 0, repeated);
    }
}

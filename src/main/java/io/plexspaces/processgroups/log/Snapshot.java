package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import java.util.List;

/**
 * A group at one position.
 *
 * @param position every entry up to here is included, none after
 * @param members unordered, each actor once
 * @param goesOn though the epoch is another one than its reader knows, the log is the same: it holds every entry that
 *     was told before
 */
public record Snapshot(GroupInfo info, Position position, List<Membership> members, boolean goesOn) {
    /** Of a log the reader knows nothing of, or knows by its epoch. */
    public Snapshot(GroupInfo info, Position position, List<Membership> members) {
        this(info, position, members, false);
    }

    /** The same, of a log that goes on under another epoch. */
    public Snapshot goingOn() {
        return new Snapshot(info, position, members, true);
    }
}

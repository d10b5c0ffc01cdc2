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
 * @param goesOn the epoch is new to the reader, but the log continues: it holds every entry that the reader received
 *     before
 */
public record Snapshot(GroupInfo info, Position position, List<Membership> members, boolean goesOn) {
    /** Of a log that is new to the reader, or of the epoch that it knows. */
    public Snapshot(GroupInfo info, Position position, List<Membership> members) {
        this(info, position, members, false);
    }

    /** The same, of a log that continues under a new epoch. */
    public Snapshot goingOn() {
        return new Snapshot(info, position, members, true);
    }
}

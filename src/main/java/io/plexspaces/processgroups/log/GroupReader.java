package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;

/**
 * Receives what happens in one group: calls come one at a time, each after what the one before did is visible. Must not
 * block. A call that throws ends the reading.
 */
public interface GroupReader {
    /**
     * First call, and again whenever the entries since were lost to this reader: everything known before is replaced.
     */
    void snapshot(Snapshot snapshot);

    /**
     * The log continues under a new epoch, which includes everything that was read so far: the store has restarted, or
     * another server of it has taken over.
     *
     * @param renamed the group, of which only the epoch is new
     */
    void goesOn(GroupInfo renamed);

    /**
     * The next entry: its offset is the one before plus 1. Only {@link Entry.Deleted} may be further on, as the entries
     * before it are gone with the group; after it no call comes. {@link Entry.Unreadable} is always a message.
     */
    void entry(Entry entry);

    /**
     * The group cannot be read any further, and may go on without this reader: after this no call comes. Never called
     * for a reading that its owner closed, nor when the group is gone.
     *
     * @param cause as clients receive it
     */
    void failed(GroupException cause);
}

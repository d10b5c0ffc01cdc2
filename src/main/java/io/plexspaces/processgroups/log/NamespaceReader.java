package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import java.util.List;

/**
 * Receives which groups a namespace has: calls come one at a time. Must not block. A call that throws ends the reading.
 */
public interface NamespaceReader {
    /** The most groups that this reader accepts in a snapshot: given one more, it gives up. */
    default int mostGroups() {
        return Integer.MAX_VALUE;
    }

    /** First call, and again whenever changes since were lost to this reader. Ordered by name. */
    void snapshot(List<GroupInfo> groups);

    /** A group was created. One of the same name seen before, of another epoch, is gone. */
    void created(GroupInfo group);

    /** This epoch of the group has ended. */
    void deleted(GroupInfo group);

    /**
     * The namespace cannot be read any further: after this no call comes. Never called for a reading that its owner
     * closed.
     *
     * @param cause as clients receive it
     */
    void failed(GroupException cause);
}

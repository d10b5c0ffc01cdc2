package io.plexspaces.processgroups.core.members;

import java.util.List;

/** How well a member can be reached from this node now, best first. */
public enum Reach {
    /** It receives on this node. */
    LIVE_HERE,
    /** It has a session on another node that receives, as far as the log says. */
    LIVE,
    /** No connection receives for it, and it has a join on this node. */
    HERE,
    /** No connection receives for it. */
    ABSENT;

    static final List<Reach> ALL = List.of(values());

    boolean isLive() {
        return this == LIVE_HERE || this == LIVE;
    }
}

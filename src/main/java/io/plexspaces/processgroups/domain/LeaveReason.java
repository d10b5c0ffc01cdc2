package io.plexspaces.processgroups.domain;

/** Why a membership ended. */
public enum LeaveReason {
    /** By request. */
    LEFT,
    /** The connection ended and the client did not resume within the grace. */
    DISCONNECTED,
    /** The node that served it is gone. */
    NODE_DOWN,
    /** Its ttl passed without renewal. */
    LEASE_EXPIRED,
    /** The group is gone. */
    GROUP_DELETED,
    /** By somebody else, or with its rights; or the server cut the connection, and the client did not resume. */
    EVICTED
}

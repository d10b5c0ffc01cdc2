package io.plexspaces.processgroups.domain;

/** Why no reply of a member that was asked is waited for any more. */
public enum MissingReason {
    /** The time was over. */
    NO_REPLY,
    /** Its membership ended: it left, was evicted, or its lease expired. */
    LEFT,
    /** It lost its connection. Its reply still counts if it comes before the others are known. */
    LOST_CONNECTION,
    /** The node that served it is gone. */
    NODE_DOWN,
    /** It could not be reached when it was asked. */
    UNREACHABLE,
    GROUP_DELETED,
    /** The store has lost the group's log: it is not known any more who is a member. */
    LOG_LOST,
    /** It had replied before this asker came: only to the one who asked first. */
    REPLIED_BEFORE
}

package io.plexspaces.processgroups.domain;

/** What happens when a session's queue is full. Only messages are ever dropped. */
public enum OverflowPolicy {
    /** The connection is cut with a code that says so; the client reconnects and resumes. */
    DISCONNECT,
    /** The oldest waiting messages go, and a gap stands in their place. */
    DROP_OLDEST,
    /** Of each topic the newest message stays, and a gap counts the rest. */
    CONFLATE
}

package io.plexspaces.processgroups.core;

/** What a subscription sees of a group's members, beside its messages. */
public enum Presence {
    NONE,
    /** Who they are, and each change, in one order with the messages. */
    MEMBERS,
    /** How many there are, once a second at most. */
    COUNT
}

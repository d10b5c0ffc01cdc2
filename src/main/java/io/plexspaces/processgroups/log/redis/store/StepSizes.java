package io.plexspaces.processgroups.log.redis.store;

import io.plexspaces.processgroups.log.Evictions;

/**
 * How much one call of a script may be asked to do, so that nobody else waits for the store for more than some
 * milliseconds. Larger work takes several calls. {@code ScriptCostTest} counts what each script does at most.
 */
public final class StepSizes {
    /**
     * Changes of groups of one partition, and bytes from which on no further one is added: append. A change counts as
     * so many messages as it takes commands of the store for them, and so does the group it is of, as one.
     */
    public static final int CHANGES = 256;

    public static final int CHANGE_BYTES = 256 * 1024;

    /** What the join or leave of an actor counts, by itself; in a batch, each further actor counts 1. */
    public static final int MEMBERSHIP = 4;

    /** What an update of metadata counts: it may write a large membership for a small request. */
    public static final int UPDATE = 32;

    /** What a message with an idempotency key counts: old keys are forgotten with it. */
    public static final int KEYED = 8;

    /** Groups with something to end, notes, and groups of each lapsed node: sweep. */
    public static final int SWEPT = 100;

    /** Actors whose joins end; fewer where their memberships are large: expire. */
    public static final int EXPIRED_ACTORS = 200;

    /** About how many members of a group that is gone: clear. */
    public static final int CLEARED_MEMBERS = 64;

    /** Sessions that are claimed, or looked up: claim, held. */
    public static final int SESSIONS = 256;

    /** Groups of those sessions: held. */
    public static final int HELD_GROUPS = 2_000;

    /** About how many members, bytes of them that a call is to bring, and changes since the call before: members. */
    public static final int MEMBERS = 2_000;

    public static final int MEMBER_BYTES = 256 * 1024;

    public static final int MEMBER_CHANGES = 2_000;

    /** Retained messages, and bytes from which on no further one is added: read, back. */
    public static final int MESSAGES = 2_000;

    public static final int MESSAGE_BYTES = 512 * 1024;

    /** Entries of each kind that were missed, and bytes of each from which on no further one is added: tail. */
    public static final int ENTRIES = 1_000;

    public static final int ENTRY_BYTES = 512 * 1024;

    /** Groups whose ends are asked for: positions. */
    public static final int POSITIONS = 200;

    /** Groups whose specs are asked for: infos. */
    public static final int INFOS = 100;

    /** Groups whose members are counted: count. */
    public static final int COUNTED = 500;

    /** Notes of evictions: evicted. */
    public static final int EVICTIONS = Evictions.PAGE;

    /**
     * Names of groups: names. Also what one event loop matches with a pattern before it does anything else.
     */
    public static final int NAMES = 500;

    private StepSizes() {}
}

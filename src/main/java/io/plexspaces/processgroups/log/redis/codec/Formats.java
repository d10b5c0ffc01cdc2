package io.plexspaces.processgroups.log.redis.codec;

/**
 * The formats of what is stored. A record's body begins with the number of its own. A server reads the newest it knows
 * and the one before, and writes what every server can read that holds a lease.
 */
public final class Formats {
    /** The first; servers that know no other one do not say which they read. */
    public static final int FIRST = 1;

    /**
     * The newest this server reads and writes: bodies and specs in protobuf's wire format, which tolerates fields that
     * are not known.
     */
    public static final int NEWEST = 2;

    private Formats() {}
}

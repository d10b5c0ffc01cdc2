package io.plexspaces.processgroups.log.redis.codec;

/**
 * The formats of what is stored. A record's body begins with the number of its own. A server reads the newest it knows
 * and the one before, and writes what every server can read that holds a lease.
 */
public final class Formats {
    /** The first; servers that know no other one do not say which they read. */
    public static final int FIRST = 1;

    /**
     * Since this one bodies and specs are in protobuf's wire format, which tolerates fields that are not known.
     */
    public static final int FIELDS = 2;

    /**
     * Since this one memberships say when the joins of each owner began, and their metadata. Servers of the one before
     * read such memberships, but lose that when they change them: so it is not written beside them.
     */
    public static final int METADATA = 3;

    /** The newest this server reads and writes. */
    public static final int NEWEST = METADATA;

    private Formats() {}
}

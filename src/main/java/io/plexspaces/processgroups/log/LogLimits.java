package io.plexspaces.processgroups.log;

/**
 * Bounds a log holds, each checked in the same atomic step as the change: LIMIT_EXCEEDED, and nothing changed.
 *
 * @param groupsPerTenant groups of one tenant
 * @param membersPerGroup members of one group
 * @param topicsPerMember patterns in one membership's filter
 * @param ownersPerMember owners (labels, leases, sessions) holding joins in one membership
 * @param nodeLabelsPerGroup different nodes that joins without a session name in one group, beside the node that
 *     writes; joins made by servers that do not know this limit are not counted
 * @param retainedBytes bytes of messages one group retains; older ones go first, however many retention would keep
 * @param idempotencyKeys keys one group remembers, two minutes each; further ones are refused
 * @param batchBytes about the bytes of memberships that a join of several actors writes, with those of the patterns it
 *     has to merge; a join of one actor is never refused for it
 * @param bansPerGroup actors that may not join one group for now
 * @param bansPerTenant actors that were evicted from all groups of one tenant, and may not come back for now
 * @param quotas of single tenants
 */
public record LogLimits(
        int groupsPerTenant,
        int membersPerGroup,
        int topicsPerMember,
        int ownersPerMember,
        int nodeLabelsPerGroup,
        long retainedBytes,
        int idempotencyKeys,
        long batchBytes,
        int bansPerGroup,
        int bansPerTenant,
        StoreQuotas quotas) {
    /** What each pattern of two filters that become one counts in a batch, beside what is written. */
    public static final int MERGED_PATTERN_BYTES = 32;

    private static final long BATCH_BYTES = 512 * 1024;
    private static final int BANS_OF_A_GROUP = 1_000;
    private static final int BANS_OF_A_TENANT = 10_000;

    /** With the defaults for batches and bans, and without quotas. */
    public LogLimits(
            int groupsPerTenant,
            int membersPerGroup,
            int topicsPerMember,
            int ownersPerMember,
            int nodeLabelsPerGroup,
            long retainedBytes,
            int idempotencyKeys) {
        this(
                groupsPerTenant,
                membersPerGroup,
                topicsPerMember,
                ownersPerMember,
                nodeLabelsPerGroup,
                retainedBytes,
                idempotencyKeys,
                BATCH_BYTES,
                BANS_OF_A_GROUP,
                BANS_OF_A_TENANT,
                StoreQuotas.NONE);
    }
}

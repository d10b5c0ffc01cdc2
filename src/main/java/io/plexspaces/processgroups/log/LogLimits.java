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
 */
public record LogLimits(
        int groupsPerTenant,
        int membersPerGroup,
        int topicsPerMember,
        int ownersPerMember,
        int nodeLabelsPerGroup,
        long retainedBytes,
        int idempotencyKeys) {}

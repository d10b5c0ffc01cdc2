package io.plexspaces.processgroups.log;

/**
 * What one pass over the log has ended.
 *
 * @param joins whose lease, or the lease of whose node, had expired
 * @param groups deleted for being empty
 */
public record Expired(int joins, int groups) {
    public static final Expired NOTHING = new Expired(0, 0);

    public Expired plus(Expired more) {
        return new Expired(joins + more.joins, groups + more.groups);
    }
}

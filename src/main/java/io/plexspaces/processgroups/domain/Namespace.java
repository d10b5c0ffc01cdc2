package io.plexspaces.processgroups.domain;

import org.jspecify.annotations.Nullable;

/** The scope of a group's name. Ordered by tenant, then name. */
public record Namespace(String tenant, String name) implements Comparable<Namespace> {
    /** What an empty namespace means. */
    public static final String DEFAULT = "default";

    /**
     * @throws GroupException INVALID_ARGUMENT naming {@code tenant_id} or {@code namespace}; an empty name is
     * {@code default}
     */
    public Namespace {
        Names.check("tenant_id", tenant, Names.GROUP_BYTES);
        name = name.isEmpty() ? DEFAULT : Names.check("namespace", name, Names.GROUP_BYTES);
    }

    // Written out for the same reason as those of GroupId.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Namespace that && name.equals(that.name) && tenant.equals(that.tenant));
    }

    @Override
    public int hashCode() {
        return 31 * tenant.hashCode() + name.hashCode();
    }

    @Override
    public int compareTo(Namespace other) {
        int byTenant = tenant.compareTo(other.tenant);
        return byTenant != 0 ? byTenant : name.compareTo(other.name);
    }
}

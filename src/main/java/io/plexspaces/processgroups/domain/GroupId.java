package io.plexspaces.processgroups.domain;

import org.jspecify.annotations.Nullable;

/** Names one group. Ordered by tenant, namespace, name. */
public record GroupId(Namespace namespace, String name) implements Comparable<GroupId> {
    /** @throws GroupException INVALID_ARGUMENT naming {@code group_name} */
    public GroupId {
        Names.check("group_name", name, Names.GROUP_BYTES);
    }

    /** @throws GroupException INVALID_ARGUMENT naming {@code tenant_id}, {@code namespace} or {@code group_name} */
    public static GroupId of(String tenant, String namespace, String name) {
        return new GroupId(new Namespace(tenant, namespace), name);
    }

    public String tenant() {
        return namespace.tenant();
    }

    // Written out, since every message looks its group up more than once, and the generated ones take several times as
    // long.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof GroupId that && name.equals(that.name) && namespace.equals(that.namespace));
    }

    @Override
    public int hashCode() {
        return 31 * namespace.hashCode() + name.hashCode();
    }

    @Override
    public int compareTo(GroupId other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }
}

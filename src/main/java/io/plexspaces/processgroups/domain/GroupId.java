package io.plexspaces.processgroups.domain;

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

    @Override
    public int compareTo(GroupId other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }
}

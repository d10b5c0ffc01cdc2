package io.plexspaces.processgroups.domain;

/**
 * The name of a server, or of any place where a client says that an actor runs: 1 to 255 bytes by the rule for names.
 */
public record NodeId(String value) implements Comparable<NodeId> {
    /** @throws GroupException INVALID_ARGUMENT naming {@code node_id} */
    public NodeId {
        Names.check("node_id", value, Names.ACTOR_BYTES);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }
}

package io.plexspaces.processgroups.domain;

/** Who holds a join, and so decides how long it lasts. */
public sealed interface Owner {
    /** A join that lasts until leave or delete. Those with one label are counted together. */
    record Durable(NodeId label) implements Owner {}

    /** A join with a ttl. */
    record Lease(String id) implements Owner {}

    /**
     * The joins of one session, on the node that serves it now. Taken over by another node, they have another owner of
     * the same id.
     *
     * @param incarnation of the node that serves it
     * @param claim number of the claim by which it came to that node: the greatest one has the session; 0: it began
     *     there
     */
    record Session(String id, NodeId node, long incarnation, long claim) implements Owner {
        /** Of a session that began on the node. */
        public Session(String id, NodeId node, long incarnation) {
            this(id, node, incarnation, 0);
        }
    }
}

package io.plexspaces.processgroups.domain;

/** Which of the members that accept a message get it, as it stands in the log. */
public sealed interface Dispatch {
    /** Every one. */
    record All() implements Dispatch {}

    /**
     * This one, chosen by the publisher's node.
     *
     * @param joinedOffset of the membership it chose; when the actor left since, the choice is void
     */
    record To(ActorId actor, long joinedOffset) implements Dispatch {}

    /** Those with a join on this node. */
    record OnNode(NodeId node) implements Dispatch {}

    /** Nobody: it was for one member, and none accepted it. Kept for those who fetch. */
    record Nobody() implements Dispatch {}

    /** Every one. */
    Dispatch ALL = new All();
}

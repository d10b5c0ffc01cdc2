package io.plexspaces.processgroups.domain;

import java.util.List;

/** Which of the members that accept a message get it, as it stands in the log. */
public sealed interface Dispatch {
    /** Every one. */
    record All() implements Dispatch {}

    /**
     * One member, chosen by the log: its entry says {@link To}, or {@link Nobody} when no member accepts the message at
     * its offset.
     *
     * @param candidates the members that the publisher's node prefers, best first: the first with the same membership
     *     still gets it; when there is none, any other that accepts it. May be empty
     */
    record AnyOf(List<To> candidates) implements Dispatch {
        public AnyOf {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * This one.
     *
     * @param joinedOffset of the membership that was chosen
     */
    record To(ActorId actor, long joinedOffset) implements Dispatch {}

    /** Those with a join on this node. */
    record OnNode(NodeId node) implements Dispatch {}

    /** No recipient: it was for one member, and none accepted it. Kept for clients that fetch messages. */
    record Nobody() implements Dispatch {}

    /** Every one. */
    Dispatch ALL = new All();
}

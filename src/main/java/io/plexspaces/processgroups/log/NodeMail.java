package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.NodeId;
import io.smallrye.mutiny.Uni;
import java.util.function.Consumer;

/**
 * Letters from node to node, past the log of any group: each at most once seen from its reader, though it may arrive
 * twice after a failure; letters of one node to another mostly in their order. Nothing is kept for a node that does not
 * listen. Thread-safe; never blocks; nothing happens before the subscription.
 */
public interface NodeMail {
    /** Bytes that may wait for one node: what would pass it is refused. */
    int MOST_WAITING = 8 * 1024 * 1024;

    /**
     * One run of a node.
     *
     * @param run drawn anew each time the process starts
     */
    record Address(NodeId node, long run) {}

    /**
     * Receives what is sent to this address from when it completes, until the process ends; while the store is away,
     * letters are lost. Once for each address. STORE_UNAVAILABLE when the store does not answer in time: then it is
     * received later all the same.
     *
     * @param reader called one at a time; must not block
     */
    Uni<Void> receive(Address own, Consumer<Letter> reader);

    /**
     * Sends a letter. OVERLOADED when too much waits for that node, and STORE_UNAVAILABLE when nobody knows whether it
     * was sent.
     *
     * @return whether anybody received it, as far as the store knows
     */
    Uni<Boolean> send(Address to, Letter letter);
}

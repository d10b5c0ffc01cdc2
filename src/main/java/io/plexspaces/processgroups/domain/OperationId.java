package io.plexspaces.processgroups.domain;

import org.jspecify.annotations.Nullable;

/**
 * Names one write of one node, so that a repeated write is applied once and the writer recognises its entry when it
 * reads it.
 *
 * @param incarnation of the node; a write with an old one is refused
 * @param sequence unique in the incarnation
 */
public record OperationId(NodeId node, long incarnation, long sequence) {
    // Written out for the same reason as those of GroupId.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof OperationId that
                        && sequence == that.sequence
                        && incarnation == that.incarnation
                        && node.equals(that.node));
    }

    @Override
    public int hashCode() {
        return Long.hashCode(31 * incarnation + sequence);
    }
}

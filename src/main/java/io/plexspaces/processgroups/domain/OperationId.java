package io.plexspaces.processgroups.domain;

/**
 * Names one write of one node, so that a repeated write is applied once and the writer knows its entry when it comes back.
 *
 * @param incarnation of the node; a write with an old one is refused
 * @param sequence unique in the incarnation
 */
public record OperationId(NodeId node, long incarnation, long sequence) {}

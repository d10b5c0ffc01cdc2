package io.plexspaces.processgroups.domain;

import java.time.Duration;

/**
 * Who asked with a message, and so where replies to it go.
 *
 * @param run of the node: drawn anew each time its process starts, so that no later one gets what was meant for it
 * @param ask unique in the run
 * @param timeout how long replies are waited for, from when the log has the message
 */
public record Asker(NodeId node, long run, long ask, Duration timeout) {}

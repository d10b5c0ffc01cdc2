package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import java.time.Duration;

/**
 * What the use cases are configured with.
 *
 * @param node this node
 * @param grace how long the joins of a session survive its connection, ≥ 0
 * @param takeover how long the takeover of a resumed session's joins may take: then it is over, or has failed
 * @param overflow of subscribers and groups that chose none
 * @param sessions live connections at once, and as many sessions, connected or in their grace
 * @param groupsPerSession groups one session may hold
 * @param watchesPerConnection groups and namespaces one connection may watch
 * @param watchedGroups groups a watch of a namespace may come to
 * @param recipientIds ids one publish answer may name
 * @param nodeLabels nodes one publish answer may count the recipients of, 1 to 5,000
 * @param openGroups replicas that may be open before those that nobody uses are closed, ≥ 1
 * @param mostGroups replicas that may be open in all, ≥ 1
 * @param connections bounds of live connections beside their number
 */
public record Settings(
        NodeId node,
        Duration grace,
        Duration takeover,
        OverflowPolicy overflow,
        int sessions,
        int groupsPerSession,
        int watchesPerConnection,
        int watchedGroups,
        int recipientIds,
        int nodeLabels,
        int openGroups,
        int mostGroups,
        ConnectionSettings connections) {}

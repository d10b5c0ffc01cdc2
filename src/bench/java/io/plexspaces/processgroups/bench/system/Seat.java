package io.plexspaces.processgroups.bench.system;

import java.util.List;

/**
 * Where a subscriber sits.
 *
 * @param topics patterns it wants; empty: everything
 * @param presence it wants to be told who comes and goes, too
 */
public record Seat(String group, String actor, List<String> topics, boolean presence) {}

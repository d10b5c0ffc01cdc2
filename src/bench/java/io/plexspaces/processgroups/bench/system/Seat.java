package io.plexspaces.processgroups.bench.system;

import java.util.List;

/**
 * Where a subscriber sits.
 *
 * @param topics patterns it wants; empty: everything
 */
public record Seat(String group, String actor, List<String> topics) {}

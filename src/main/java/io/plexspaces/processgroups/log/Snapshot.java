package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import java.util.List;

/**
 * A group at one position.
 *
 * @param position every entry up to here is included, none after
 * @param members unordered, each actor once
 */
public record Snapshot(GroupInfo info, Position position, List<Membership> members) {}

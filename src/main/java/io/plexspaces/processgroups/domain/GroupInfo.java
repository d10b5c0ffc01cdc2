package io.plexspaces.processgroups.domain;

import java.time.Instant;

/** A group as it is listed. */
public record GroupInfo(GroupId id, GroupSpec spec, String epoch, Instant createdAt, int memberCount) {}

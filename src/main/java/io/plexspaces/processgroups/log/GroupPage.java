package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupInfo;
import java.util.List;

/**
 * Groups found.
 *
 * @param groups ordered by namespace, then name
 * @param more there are further ones
 * @param total all that match, on every page
 */
public record GroupPage(List<GroupInfo> groups, boolean more, int total) {}

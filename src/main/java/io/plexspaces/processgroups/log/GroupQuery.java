package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupId;
import org.jspecify.annotations.Nullable;

/**
 * Which groups to list.
 *
 * @param namespace null: all of the tenant's
 * @param after names greater than this; null: from the first
 * @param limit ≥ 1
 */
public record GroupQuery(
        String tenant,
        @Nullable String namespace,
        Glob names,
        @Nullable GroupId after,
        int limit) {}

package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.replica.ReplicaUse;
import io.plexspaces.processgroups.domain.GroupId;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The groups that this node reads, as publishing needs them. Thread-safe. */
public interface OpenGroups {
    /**
     * Of a group that is open, in use until {@link ReplicaUse#exit}; null: it has to be opened first, as
     * {@link #publishing} does.
     */
    @Nullable
    GroupPublishes enter(GroupId group);

    /**
     * Publishes in a group that stays open meanwhile. GROUP_NOT_FOUND. Done again when the group is in another life by
     * then, or the store has lost it. STORE_UNAVAILABLE when it has no next life before long.
     */
    <T> Uni<T> publishing(GroupId group, Function<GroupPublishes, Uni<T>> publish);
}

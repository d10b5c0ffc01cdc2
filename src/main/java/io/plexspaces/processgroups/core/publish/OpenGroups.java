package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Missing;
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
     * Publishes in a group that stays open meanwhile. GROUP_NOT_FOUND. Tried again when the group has another epoch by
     * then, or the store has lost it. STORE_UNAVAILABLE when no new epoch is read within five seconds.
     *
     * @param missing what to do when there is no such group; null: GROUP_NOT_FOUND
     */
    <T> Uni<T> publishing(GroupId group, @Nullable Missing missing, Function<GroupPublishes, Uni<T>> publish);
}

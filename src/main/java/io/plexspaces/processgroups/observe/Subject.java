package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Topic;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about, as spans and logs name it. Parts that a request does not have are null.
 *
 * @param group name of the group
 */
record Subject(
        @Nullable String tenant,
        @Nullable String namespace,
        @Nullable String group,
        @Nullable String actor,
        @Nullable String topic) {
    static Subject of(GroupId id) {
        return of(id, null, null);
    }

    static Subject of(GroupId id, @Nullable ActorId actor, @Nullable Topic topic) {
        return new Subject(
                id.tenant(),
                id.namespace().name(),
                id.name(),
                actor == null ? null : actor.value(),
                topic == null ? null : topic.value());
    }

    /** Passes on the parts it has, by name. */
    void forEach(BiConsumer<String, String> part) {
        tell(part, "tenant", tenant);
        tell(part, "namespace", namespace);
        tell(part, "group", group);
        tell(part, "actor", actor);
        tell(part, "topic", topic);
    }

    private static void tell(BiConsumer<String, String> part, String name, @Nullable String value) {
        if (value != null) {
            part.accept(name, value);
        }
    }
}

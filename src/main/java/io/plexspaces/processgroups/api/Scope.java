package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * Whose names a request may use: in a session those left out are the session's, and all others are refused.
 *
 * @param namespace null, as {@code actor}: outside a session
 */
record Scope(@Nullable Namespace namespace, @Nullable ActorId actor) {
    static final Scope NONE = new Scope(null, null);

    Namespace namespace(String tenant, String name) {
        if (namespace == null) {
            return new Namespace(tenant, name);
        }
        if (!tenant.isEmpty()) {
            same("tenant_id", tenant, namespace.tenant());
        }
        if (!name.isEmpty()) {
            same("namespace", name, namespace.name());
        }
        return namespace;
    }

    ActorId actor(String field, String value) {
        if (actor == null) {
            return Values.actor(field, value);
        }
        if (!value.isEmpty()) {
            same(field, value, actor.value());
        }
        return actor;
    }

    /** @return null: not said */
    @Nullable
    ActorId sender(String value) {
        return actor == null && value.isEmpty() ? null : actor("message.sender_id", value);
    }

    private static void same(String field, String value, String expected) {
        if (!value.equals(expected)) {
            throw GroupException.invalid(field, "must be empty or the session's, " + expected);
        }
    }
}

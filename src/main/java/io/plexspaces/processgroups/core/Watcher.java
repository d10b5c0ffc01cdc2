package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.smallrye.mutiny.Uni;

/** The watches of one connection. */
public final class Watcher {
    /** The members of a group, then every change. GROUP_NOT_FOUND; FAILED_PRECONDITION when watched already; LIMIT_EXCEEDED. */
    public Uni<Void> watch(GroupId group) {
        throw new UnsupportedOperationException();
    }

    /** The groups of a namespace as if they were just created, each with its members; then every change. */
    public Uni<Void> watch(Namespace namespace) {
        throw new UnsupportedOperationException();
    }

    /** FAILED_PRECONDITION when not watched. */
    public Uni<Void> unwatch(GroupId group) {
        throw new UnsupportedOperationException();
    }

    /** FAILED_PRECONDITION when not watched. */
    public Uni<Void> unwatch(Namespace namespace) {
        throw new UnsupportedOperationException();
    }
}

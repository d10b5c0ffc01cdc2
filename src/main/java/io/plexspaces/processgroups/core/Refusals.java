package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.GroupException;

/** Is notified of requests that were refused before they reached {@link Groups}. Must be quick. */
public interface Refusals {
    void refused(UseCase operation, Throwable cause);

    /** A request that could not be read: its operation is not known. */
    default void unreadable(GroupException cause) {}
}

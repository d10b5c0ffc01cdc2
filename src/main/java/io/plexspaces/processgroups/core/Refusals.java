package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.GroupException;

/** Is told of requests that never reached {@link Groups}, because what they asked for could not be. Must be quick. */
public interface Refusals {
    void refused(UseCase operation, Throwable cause);

    /** Of what could not even be read, nobody knows what it asked for. */
    default void unreadable(GroupException cause) {}
}

package io.plexspaces.processgroups.core;

/** Is told of requests that never reached {@link Groups}, because what they asked for could not be. Must be quick. */
public interface Refusals {
    void refused(Operation operation, Throwable cause);
}

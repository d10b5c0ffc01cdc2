package io.plexspaces.processgroups.api.http;

/** What a node says of itself to those who run it. Thread-safe. */
@FunctionalInterface
public interface NodeStatus {
    /** One JSON document of bounded size, in UTF-8, at most a second old. Costs little: nothing waits for it. */
    byte[] json();
}

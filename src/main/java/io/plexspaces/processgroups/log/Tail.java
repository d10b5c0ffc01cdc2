package io.plexspaces.processgroups.log;

/** An open reading. */
public interface Tail {
    /**
     * Ends it. A call of the reader that is under way may still come to its end; none begins after that. Idempotent.
     */
    void close();
}

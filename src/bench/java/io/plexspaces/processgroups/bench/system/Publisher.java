package io.plexspaces.processgroups.bench.system;

/** One connection that publishes. Used by one thread at a time. */
public interface Publisher {
    /**
     * Takes a message; it may wait for {@link #flush}.
     *
     * @param stream one of those it was made for
     * @param number in the stream
     * @param due when it should have been published, by {@code System.nanoTime}
     */
    void publish(Stream stream, int number, long due);

    /** Sends what was taken. May wait until the other side has room. */
    void flush();
}

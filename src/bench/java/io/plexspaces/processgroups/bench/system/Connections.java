package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Subscriber;
import java.util.List;

/** The connections of one run. What breaks is counted by the run's tally. */
public interface Connections extends AutoCloseable {
    /** Connects a subscriber; returns before its subscription has begun, which the tally counts. */
    void subscribe(Seat seat, Subscriber subscriber);

    /**
     * Connects a publisher.
     *
     * @param streams it may publish to
     * @throws IllegalStateException it cannot connect
     */
    Publisher publisher(String actor, List<Stream> streams);

    /** Ends all of them. */
    @Override
    void close();
}

package io.plexspaces.processgroups.log.redis.connection;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Times of the connections to Redis, and their observer.
 *
 * @param patience how long a call waits for an answer in all, over repeated attempts; afterwards it fails with
 *     STORE_UNAVAILABLE
 * @param silence how long one connection may leave a command unanswered before it counts as dead and is replaced
 * @param beat time between two heartbeats of a subscriber connection
 * @param deafness how long it may receive nothing, not even its heartbeat, before it counts as dead and is replaced
 * @param roundTrips receives the time between each call and its answer, in nanoseconds; on event loops: must be quick
 */
public record ConnectionSettings(
        Duration patience, Duration silence, Duration beat, Duration deafness, LongConsumer roundTrips) {
    /** With what stands in a sound proportion to the patience of a call. */
    public static ConnectionSettings of(Duration patience, LongConsumer roundTrips) {
        return new ConnectionSettings(
                patience, patience.dividedBy(2), Duration.ofSeconds(2), Duration.ofSeconds(6), roundTrips);
    }
}

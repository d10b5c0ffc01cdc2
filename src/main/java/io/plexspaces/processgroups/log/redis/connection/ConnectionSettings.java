package io.plexspaces.processgroups.log.redis.connection;

import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Times of the connections to Redis, and who is told of them.
 *
 * @param patience how long a call waits for an answer in all, over repeated attempts; afterwards it fails with
 *     STORE_UNAVAILABLE
 * @param silence how long one connection may leave a command unanswered before it is taken for dead and made anew
 * @param beat time between two messages the subscriber connection sends itself
 * @param deafness how long it may hear nothing, not even itself, before it is taken for dead and made anew
 * @param roundTrips told of each answer how long after its call it came, in nanoseconds; on event loops: must be quick
 */
public record ConnectionSettings(
        Duration patience, Duration silence, Duration beat, Duration deafness, LongConsumer roundTrips) {
    /** With what stands in a sound proportion to the patience of a call. */
    public static ConnectionSettings of(Duration patience, LongConsumer roundTrips) {
        return new ConnectionSettings(
                patience, patience.dividedBy(2), Duration.ofSeconds(2), Duration.ofSeconds(6), roundTrips);
    }
}

package io.plexspaces.processgroups.log.redis.store;

import io.plexspaces.processgroups.log.LogLimits;
import java.time.Duration;

/**
 * How the log uses its store.
 *
 * @param prefix of every key and channel; servers with different ones do not see each other. No braces
 * @param partitions how many the groups are spread over, the same for all servers of one store; 0: 64 on a cluster,
 *     else 1
 * @param patience how long a call waits for the store, over repeated attempts: at most half of the minute for which the
 *     store knows the answer of a call that is made again
 * @param check time between two looks whether a reader has missed something
 * @param leaseTtl how long a node may write after it last renewed its lease
 */
public record RedisSettings(
        String prefix, int partitions, Duration patience, Duration check, Duration leaseTtl, LogLimits limits) {
    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(30);

    public RedisSettings {
        if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
            throw new IllegalArgumentException("a prefix must hold no braces: " + prefix);
        }
        if (patience.compareTo(LONGEST_PATIENCE) > 0) {
            throw new IllegalArgumentException("patience must be at most " + LONGEST_PATIENCE + ", but is " + patience);
        }
    }
}

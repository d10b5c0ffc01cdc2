package io.plexspaces.processgroups.cli.messages;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long to wait before a connection is made again: at random, up to a time that doubles. */
final class Backoff {
    private static final long FIRST = 200;
    private static final long LONGEST = 10_000;
    private static final int MOST_DOUBLINGS = 10;

    private final DoubleSupplier random;
    private int attempts;

    /** @param random from 0 to 1 */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    Duration next() {
        long most = Math.min(LONGEST, FIRST << Math.min(attempts++, MOST_DOUBLINGS));
        return Duration.ofMillis(1 + (long) (random.getAsDouble() * most));
    }

    /** The connection is there again. */
    void reset() {
        attempts = 0;
    }
}

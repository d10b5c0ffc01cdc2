package io.plexspaces.processgroups.token;

import java.time.Instant;
import java.time.InstantSource;

/** Stands still until a test moves it. */
public final class MovingClock implements InstantSource {
    private Instant now = Instant.ofEpochSecond(Issuer.NOW);

    @Override
    public Instant instant() {
        return now;
    }

    public void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }
}

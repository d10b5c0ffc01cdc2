package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.Retention;
import java.time.Duration;

/** The endpoints' settings as they are without configuration. */
public final class TestSettings {
    private TestSettings() {}

    public static ApiSettings defaults() {
        return withMaxInFlight(256);
    }

    public static ApiSettings withMaxInFlight(int requests) {
        return new ApiSettings(
                1024 * 1024,
                64,
                16 * 1024,
                16 * 1024,
                256,
                1000,
                100_000,
                Duration.ofHours(24),
                new Retention(128, Duration.ofMinutes(5)),
                requests,
                1024 * 1024,
                16 * 1024,
                4096,
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10));
    }
}

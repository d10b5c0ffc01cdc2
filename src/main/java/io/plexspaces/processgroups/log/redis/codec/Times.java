package io.plexspaces.processgroups.log.redis.codec;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as scripts count them: in microseconds, since 1970. Lua's numbers hold these exactly until the year 2255. */
public final class Times {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Times() {}

    public static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    public static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** Rounded up; at most a century. */
    public static long micros(Duration duration) {
        return bounded(duration).plusNanos(999).toNanos() / 1_000;
    }

    /** Rounded up; at most a century. */
    public static long millis(Duration duration) {
        return bounded(duration).plusNanos(999_999).toMillis();
    }

    public static Duration duration(long micros) {
        return Duration.of(micros, ChronoUnit.MICROS);
    }

    private static Duration bounded(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}

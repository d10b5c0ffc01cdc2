package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.SessionOwners.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The last claim of each session that was claimed or ended lately. Thread-safe. */
public final class SessionClaims {
    static final Duration LIFE = Duration.ofMinutes(2);

    private final ConcurrentMap<String, Last> bySession = new ConcurrentHashMap<>();

    private record Last(long number, boolean ended, Instant at) {}

    public Claim next(String session, Instant now) {
        Last last = bySession.compute(session, (id, known) -> after(known, now));
        return new Claim(last.number(), last.ended());
    }

    /** The next one, if there is a later claim than {@code number}; that, if not. */
    public Claim again(String session, long number, Instant now) {
        Last last = bySession.computeIfPresent(
                session, (id, known) -> known.number() <= number ? known : after(known, now));
        return last == null ? new Claim(number, false) : new Claim(last.number(), last.ended());
    }

    private static Last after(@Nullable Last known, Instant now) {
        return known != null && known.ended()
                ? known
                : new Last(Math.max(micros(now), known == null ? 0 : known.number() + 1), false, now);
    }

    /** False: there is a later claim than {@code number}. */
    public boolean end(String session, long number, Instant now) {
        return bySession
                .compute(
                        session,
                        (id, known) -> known != null && known.number() > number ? known : new Last(number, true, now))
                .ended();
    }

    void forgetExpired(Instant now) {
        Instant expired = now.minus(LIFE);
        bySession.values().removeIf(last -> last.at().isBefore(expired));
    }

    private static long micros(Instant at) {
        return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    }
}

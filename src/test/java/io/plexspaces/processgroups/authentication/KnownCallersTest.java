package io.plexspaces.processgroups.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.token.Issuer;
import io.plexspaces.processgroups.token.MovingClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownCallersTest {
    private static final long HOUR = 3_600;
    private static final Instant EXPIRY = Instant.ofEpochSecond(Issuer.NOW + HOUR);

    private final MovingClock clock = new MovingClock();
    private final KnownCallers known = new KnownCallers(clock, 3, 100);

    private static Caller caller(String subject) {
        return Caller.of("acme", subject, List.of(), EXPIRY);
    }

    private Caller keep(String digest) {
        return known.keep(digest, caller(digest), EXPIRY, 1);
    }

    @Test
    void caller_isTheSameUntilItExpires() {
        Caller made = keep("a");

        assertThat(known.find("a")).isSameAs(made);
        clock.pass(HOUR - 1);
        assertThat(known.find("a")).isSameAs(made);
        clock.pass(1);
        assertThat(known.find("a")).isNull();
        assertThat(known.size()).isZero();
    }

    @Test
    void secondThatIsMadeMeanwhile_givesWay() {
        Caller first = keep("a");

        assertThat(keep("a")).isSameAs(first);
        assertThat(known.size()).isEqualTo(1);
    }

    @Test
    void leastRecentlyUsed_goes() {
        Caller a = keep("a");
        keep("b");
        keep("c");
        assertThat(known.find("a")).isSameAs(a);
        keep("d");

        assertThat(known.size()).isEqualTo(3);
        assertThat(known.find("b")).isNull();
        assertThat(known.find("a")).isSameAs(a);
    }

    @Test
    void weight_isBoundedTogether_andWhatIsTooHeavyIsNotKept() {
        known.keep("a", caller("a"), EXPIRY, 60);
        known.keep("b", caller("b"), EXPIRY, 40);
        assertThat(known.size()).isEqualTo(2);
        known.keep("c", caller("c"), EXPIRY, 1);
        assertThat(known.find("a")).isNull();
        assertThat(known.size()).isEqualTo(2);

        Caller heavy = caller("d");
        assertThat(known.keep("d", heavy, EXPIRY, 101)).isSameAs(heavy);
        assertThat(known.find("d")).isNull();
        assertThat(known.size()).isEqualTo(2);
    }

    @Test
    void weightOfWhatExpired_isFree() {
        known.keep("a", caller("a"), EXPIRY, 100);
        clock.pass(HOUR);
        assertThat(known.find("a")).isNull();
        Instant later = EXPIRY.plusSeconds(HOUR);
        known.keep("b", caller("b"), later, 60);
        known.keep("c", caller("c"), later, 40);

        assertThat(known.size()).isEqualTo(2);
    }

    @Test
    void expiredOne_isNotKept() {
        clock.pass(HOUR);
        keep("a");

        assertThat(known.size()).isZero();
    }
}

package io.plexspaces.processgroups.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeldomTest {
    @Test
    void say_saysOnceAMinute_howOftenItDidNot() {
        AtomicLong now = new AtomicLong(-5);
        Seldom seldom = new Seldom(now::get);
        List<Long> said = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            seldom.say(said::add);
        }
        now.addAndGet(Seldom.PERIOD.toNanos() - 1);
        seldom.say(said::add);
        now.addAndGet(1);
        seldom.say(said::add);

        assertThat(said).containsExactly(0L, 4L);
    }
}

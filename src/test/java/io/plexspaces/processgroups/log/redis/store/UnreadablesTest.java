package io.plexspaces.processgroups.log.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnreadablesTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Unreadables unreadables = new Unreadables(nanos::get);

    @Test
    void whatWasFound_isCounted_andSpokenOfForAWhile() {
        assertThat(unreadables.lately()).isNull();
        unreadables.found("group a", "one");
        unreadables.found("group b", "two");
        assertThat(unreadables.count()).isEqualTo(2);
        assertThat(unreadables.lately()).isEqualTo("group b: two");

        nanos.addAndGet(Unreadables.REMEMBERED.toNanos());
        assertThat(unreadables.lately()).isNotNull();
        nanos.addAndGet(1);
        assertThat(unreadables.lately()).isNull();
        assertThat(unreadables.count()).isEqualTo(2);
    }
}

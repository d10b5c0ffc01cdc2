package io.plexspaces.processgroups.log.redis.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import org.junit.jupiter.api.Test;

/** A group that does not fit is refused in words that say what it needs. */
class HeapTest {
    @Test
    void membersThatFit_areRead() {
        assertThat(Heap.refused("group room", 1_000_000, 600_000_000)).isNull();
        assertThat(Heap.refused("group room", 1)).isNull();
    }

    @Test
    void membersThatDoNotFit_areRefused() {
        GroupException refused = Heap.refused("group room", 1_000_000, 512L << 20);
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(refused)
                .hasMessage("group room has 1000000 members, for which this server needs about 572 MiB more memory,"
                        + " and has 512");
    }

    @Test
    void moreThanAnyHeapHolds_isRefused() {
        long all = Runtime.getRuntime().maxMemory() / Heap.BYTES_PER_MEMBER + 1;
        assertThat(Heap.refused("group room", all)).isNotNull();
    }
}

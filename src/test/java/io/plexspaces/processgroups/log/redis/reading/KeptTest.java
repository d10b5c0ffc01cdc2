package io.plexspaces.processgroups.log.redis.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.log.redis.codec.Entries;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeptTest {
    private final Kept kept = new Kept();

    private static Entries.Announcement announcement(String epoch) {
        return Entries.announcement((epoch + " ").getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatCameIsGivenBackInOrder() {
        Entries.Announcement one = announcement("a");
        Entries.Announcement two = announcement("b");
        kept.add(one);
        kept.add(two);
        assertThat(kept.bytes()).isEqualTo(one.weight() + two.weight());
        assertThat(kept.poll()).isSameAs(one);
        assertThat(kept.poll()).isSameAs(two);
        assertThat(kept.poll()).isNull();
        assertThat(kept.bytes()).isZero();
    }

    @Test
    void moreThanTheBoundInBytes_isReadFromTheLog() {
        Entries.Announcement large = announcement("x".repeat(300_000));
        for (int i = 0; i < 1_000; i++) {
            kept.add(large);
            assertThat(kept.bytes()).isLessThanOrEqualTo(Kept.MOST_BYTES);
        }
        assertThat(kept.poll()).isSameAs(Kept.LOST);
        for (Entries.Announcement next = kept.poll(); next != null; next = kept.poll()) {
            assertThat(next).isSameAs(large);
        }
        kept.add(large);
        assertThat(kept.poll()).isSameAs(large);
    }

    @Test
    void whereSomethingWasLost_thatStands_once() {
        Entries.Announcement before = announcement("before");
        Entries.Announcement after = announcement("after");
        kept.lost();
        kept.add(before);
        kept.lost();
        kept.lost();
        kept.add(after);
        assertThat(kept.poll()).isSameAs(Kept.LOST);
        assertThat(kept.poll()).isSameAs(before);
        assertThat(kept.poll()).isSameAs(Kept.LOST);
        assertThat(kept.poll()).isSameAs(after);
        kept.lost();
        assertThat(kept.poll()).isSameAs(Kept.LOST);
        kept.lost();
        assertThat(kept.poll()).isSameAs(Kept.LOST);
        assertThat(kept.poll()).isNull();
    }
}

package io.plexspaces.processgroups.log.redis.append;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    /** The first letter is the tenant. */
    private final Turns<String> turns = new Turns<>(name -> name.substring(0, 1));

    private List<String> taken(int count) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(turns.remove());
        }
        return taken;
    }

    @Test
    void tenants_takeTurns_whateverTheyHaveWaiting() {
        for (int i = 0; i < 1_000; i++) {
            turns.add("a" + i);
        }
        turns.add("b0");
        turns.add("c0");
        turns.add("c1");
        assertThat(turns.size()).isEqualTo(1_003);
        assertThat(turns.peek()).isEqualTo("a0");
        assertThat(taken(6)).containsExactly("a0", "b0", "c0", "a1", "c1", "a2");
        turns.add("b1");
        assertThat(taken(3)).containsExactly("a3", "b1", "a4");
        assertThat(turns.size()).isEqualTo(995);
    }

    @Test
    void whoHasGone_leavesNothing() {
        turns.add("a0");
        assertThat(taken(1)).containsExactly("a0");
        assertThat(turns.peek()).isNull();
        assertThat(turns.size()).isZero();
        turns.add("a1");
        turns.add("b1");
        assertThat(taken(2)).containsExactly("a1", "b1");
    }
}

package io.plexspaces.processgroups.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerBudgetTest {
    private static final int MIB = 1 << 20;

    private final ServerBudget budget = new ServerBudget(128 * MIB);

    @Test
    void oneHolder_mayHaveHalf_ofWhatIsNotReserved() {
        assertThat(budget.share(0)).isEqualTo(48 * MIB);
        budget.add(48 * MIB);
        assertThat(budget.share(48 * MIB)).as("with what it has").isEqualTo(48 * MIB);
        assertThat(budget.share(0)).as("the next one").isEqualTo(24 * MIB);
    }

    @Test
    void manyThatTakeAllTheyCan_neverTakeAll_andEndWithTheSame() {
        long[] holders = new long[59];
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < holders.length; i++) {
                long share = budget.share(holders[i]);
                budget.add(share - holders[i]);
                holders[i] = share;
                assertThat(budget.held()).isLessThan(budget.bytes());
            }
        }
        for (long holder : holders) {
            assertThat(holder).isBetween((long) MIB, 3L * MIB);
        }
        assertThat(budget.admits(2 * MIB)).as("much, of what is reserved").isFalse();
        assertThat(budget.admits(64 * 1024)).as("little").isTrue();
    }

    @Test
    void alone_aHolderIsAdmitted_withAllThereIs() {
        assertThat(budget.admits(128 * MIB)).isTrue();
        assertThat(budget.admits(128 * MIB + 1)).isFalse();
    }

    @Test
    void beyondItsBytes_nobodyHasAShare() {
        budget.add(130 * MIB);
        assertThat(budget.share(0)).isZero();
        budget.add(-130 * MIB);
        assertThat(budget.held()).isZero();
    }
}

package io.plexspaces.processgroups.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerBudgetTest {
    private static final int MIB = 1 << 20;

    private final ServerBudget budget = new ServerBudget(120 * MIB);

    @Test
    void oneHolder_mayHaveHalf() {
        assertThat(budget.share(0)).isEqualTo(60 * MIB);
        budget.add(60 * MIB);
        assertThat(budget.share(60 * MIB)).as("with what it has").isEqualTo(60 * MIB);
        assertThat(budget.share(0)).as("the next one").isEqualTo(30 * MIB);
        assertThat(budget.free()).isEqualTo(60 * MIB);
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
            assertThat(holder).isBetween(3L * MIB / 2, 3L * MIB);
        }
    }

    @Test
    void beyondItsBytes_nobodyHasAShare() {
        budget.add(130 * MIB);
        assertThat(budget.share(0)).isZero();
        budget.add(-130 * MIB);
        assertThat(budget.held()).isZero();
    }
}

package io.plexspaces.processgroups.api.http.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.delivery.ServerBudget;
import org.junit.jupiter.api.Test;

class ChargeTest {
    private static final int MIB = 1 << 20;

    private final ServerBudget budget = new ServerBudget(8 * MIB);

    @Test
    void whatIsHeld_countsUntilItsEnd() {
        Charge charge = new Charge(budget);
        assertThat(charge.grow(MIB)).isTrue();
        assertThat(charge.grow(2 * MIB)).isTrue();
        assertThat(budget.held()).isEqualTo(2 * MIB);
        charge.set(MIB / 2);
        assertThat(budget.held()).isEqualTo(MIB / 2);
        charge.end();
        charge.end();
        assertThat(budget.held()).isZero();
        assertThat(charge.grow(1)).isFalse();
        charge.set(5);
        assertThat(budget.held()).isZero();
    }

    /** Many that take nothing of their answers: what is left is for those that need little. */
    @Test
    void answersThatNobodyTakes_areBounded() {
        int admitted = 0;
        for (int i = 0; i < 100; i++) {
            admitted += new Charge(budget).grow(MIB) ? 1 : 0;
        }
        assertThat(admitted).isBetween(5, 7);
        assertThat(budget.held()).isLessThanOrEqualTo(7 * MIB);
        assertThat(new Charge(budget).grow(ServerBudget.LITTLE_BYTES)).isTrue();
    }
}

package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.delivery.ServerBudget;
import org.junit.jupiter.api.Test;

/** When another request may be read. */
class InFlightTest {
    private static final int REQUESTS = 8;
    private static final int BYTES = 1 << 20;

    private final ServerBudget budget = new ServerBudget(64L << 20);
    private boolean crowded;
    private int reads;
    private final InFlight inFlight =
            new InFlight(new InFlight.Bounds(REQUESTS, BYTES, budget), () -> crowded, () -> reads++);

    private int beginAll(int size) {
        int begun = 1;
        while (inFlight.begin(size)) {
            begun++;
        }
        return begun;
    }

    @Test
    void asManyAsAllowed_thenAPartHasToBeAnswered() {
        assertThat(beginAll(10)).isEqualTo(REQUESTS);
        assertThat(inFlight.isFull()).isTrue();
        inFlight.end(10, 10);
        assertThat(reads).as("one answered: a lot is read at a time").isZero();
        inFlight.end(10, 10);
        assertThat(reads).isEqualTo(1);
        assertThat(inFlight.isFull()).isFalse();
    }

    @Test
    void connectionThatEnds_givesBackWhatItsRequestsHeld_alsoOfThoseThatAreNeverAnswered() {
        beginAll(300_000);
        assertThat(budget.held()).isPositive();
        inFlight.close();
        assertThat(budget.held()).isZero();
        inFlight.end(300_000, 10);
        inFlight.begin(300_000);
        assertThat(budget.held()).isZero();
    }

    @Test
    void largeRequests_areFewer() {
        assertThat(beginAll(300_000)).isEqualTo(3);
        inFlight.end(300_000, 10);
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void oneRequestAboveTheBound_isBegun_alone() {
        assertThat(beginAll(2 * BYTES)).isEqualTo(1);
        assertThat(inFlight.end(2 * BYTES, 1)).isTrue();
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void largeAnswers_letFewerRequestsBeRead_untilTheyAreSmallAgain() {
        inFlight.begin(10);
        inFlight.end(10, BYTES / 3);
        assertThat(beginAll(10)).as("three such answers are the bound").isEqualTo(3);
        inFlight.end(10, 10);
        inFlight.end(10, 10);
        assertThat(inFlight.end(10, 10)).isTrue();
        for (int i = 0; i < 40; i++) {
            inFlight.begin(10);
            inFlight.end(10, 10);
        }
        assertThat(beginAll(10)).isEqualTo(REQUESTS);
    }

    @Test
    void whileThePeerLeavesItsAnswers_noneIsRead() {
        crowded = true;
        assertThat(inFlight.begin(10)).isFalse();
        inFlight.end(10, 10);
        assertThat(reads).isZero();
        crowded = false;
        inFlight.room();
        assertThat(reads).isEqualTo(1);
    }

    /** It has become full without a request that waits to be paid for: by answers larger than before. */
    @Test
    void whoeverIsTurnedAway_isCalled() {
        inFlight.begin(10);
        inFlight.begin(10);
        inFlight.begin(10);
        inFlight.end(10, BYTES / 2);
        assertThat(inFlight.isFull()).isTrue();
        assertThat(reads).isZero();
        inFlight.end(10, 10);
        inFlight.end(10, 10);
        assertThat(reads).isEqualTo(1);

        crowded = true;
        assertThat(inFlight.isFull()).isTrue();
        crowded = false;
        inFlight.room();
        assertThat(reads).isEqualTo(2);
        inFlight.room();
        assertThat(reads).as("once").isEqualTo(2);
    }

    @Test
    void largeRequests_countInTheBudget_andGoOnAloneWithoutOne() {
        inFlight.begin(300_000);
        assertThat(budget.held()).isEqualTo(300_000);
        budget.add(64L << 20);
        assertThat(inFlight.begin(300_000)).as("nothing is left").isFalse();
        inFlight.end(300_000, 10);
        inFlight.end(300_000, 10);
        assertThat(reads).isEqualTo(1);
        assertThat(budget.held()).isEqualTo(64L << 20);
        assertThat(inFlight.begin(10)).as("a small one").isTrue();
    }

    @Test
    void thoseAskedForAhead_areAsManyAsTheirAnswersMayBeLarge() {
        for (int i = 0; i < 40; i++) {
            inFlight.begin(10);
            inFlight.end(10, 10);
        }
        assertThat(inFlight.most()).isEqualTo(REQUESTS);
        inFlight.begin(10);
        inFlight.begin(10);
        assertThat(inFlight.most()).isEqualTo(REQUESTS - 2);
        inFlight.end(10, BYTES / 3);
        assertThat(inFlight.most()).isEqualTo(1);
        inFlight.begin(10);
        inFlight.begin(10);
        reads = 0;
        assertThat(inFlight.most()).isZero();
        inFlight.end(10, 10);
        inFlight.end(10, 10);
        assertThat(reads).as("whoever got none is called").isEqualTo(1);
    }
}

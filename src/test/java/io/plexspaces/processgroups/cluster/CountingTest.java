package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.cluster.Counting.Kind;
import io.plexspaces.processgroups.cluster.Counting.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The judge of histories, judged. */
class CountingTest {
    private static Operation join(long start, long end, int count) {
        return new Operation(Kind.JOIN, start, end, count);
    }

    private static Operation leave(long start, long end, int count) {
        return new Operation(Kind.LEAVE, start, end, count);
    }

    private static Operation read(long start, long end, boolean member) {
        return new Operation(Kind.READ, start, end, member ? 1 : 0);
    }

    private static void assertFine(Operation... history) {
        assertThat(Counting.violation(List.of(history))).isEmpty();
    }

    private static void assertViolation(Operation... history) {
        assertThat(Counting.violation(List.of(history))).isPresent();
    }

    @Test
    void oneAfterTheOther() {
        assertFine();
        assertFine(
                read(1, 2, false), join(3, 4, 1), join(5, 6, 2), read(7, 8, true), leave(9, 10, 1), leave(11, 12, 0));
        assertFine(leave(1, 2, -1), join(3, 4, 1), leave(5, 6, 0), leave(7, 8, -1), read(9, 10, false));
    }

    @Test
    void overlapping_mayHappenInAnyOrder() {
        assertFine(join(1, 10, 2), join(2, 9, 1));
        assertFine(read(1, 10, true), join(2, 3, 1), leave(4, 5, 0));
        assertFine(read(1, 10, false), read(1, 10, true), join(2, 9, 1));
        assertFine(leave(1, 10, -1), join(2, 3, 1));
        assertFine(leave(1, 10, 0), join(2, 9, 1));
    }

    @Test
    void staleRead_isFound() {
        assertViolation(join(1, 2, 1), read(3, 4, false));
        assertViolation(join(1, 2, 1), leave(3, 4, 0), read(5, 6, true));
        assertViolation(read(1, 2, true), join(3, 4, 1));
    }

    @Test
    void lostUpdate_isFound() {
        assertViolation(join(1, 2, 1), join(3, 4, 1));
        assertViolation(join(1, 5, 1), join(2, 6, 1));
        assertViolation(join(1, 2, 1), leave(3, 4, -1));
    }

    @Test
    void effectTwice_isFound() {
        assertViolation(join(1, 2, 1), join(3, 4, 3));
        assertViolation(join(1, 2, 1), join(3, 4, 2), leave(5, 6, 0));
    }

    @Test
    void orderAgainstTime_isFound() {
        assertViolation(join(1, 2, 2), join(3, 4, 1));
        assertViolation(read(1, 2, true), read(3, 4, false), join(1, 9, 1));
    }

    @Test
    void lostAnswer_mayHaveTakenEffectOnceAtAnyLaterTime() {
        assertFine(join(1, Counting.NEVER, 0), read(2, 3, false), read(4, 5, true), join(6, 7, 2));
        assertFine(join(1, Counting.NEVER, 0), read(2, 3, false), join(6, 7, 1));
        assertFine(join(1, 2, 1), leave(3, Counting.NEVER, 0), read(4, 5, true), leave(6, 7, -1));
        assertViolation(
                join(1, Counting.NEVER, 0),
                join(2, 3, 1),
                join(4, 5, 2),
                join(6, 7, 4),
                read(8, 9, true),
                join(10, 11, 6));
        assertViolation(read(1, 2, true), join(3, Counting.NEVER, 0));
        assertViolation(join(1, Counting.NEVER, 0), read(2, 3, true), read(4, 5, false));
    }

    @Test
    void longHistory_isJudgedQuickly_andOneWrongAnswerInItIsFound() {
        List<Operation> history = new ArrayList<>();
        Random random = new Random(1);
        int count = 0;
        for (int i = 0; i < 20_000; i++) {
            long at = 10L * i;
            // Each takes effect at its middle, and overlaps those around it.
            long start = at - random.nextInt(40);
            long end = at + random.nextInt(40);
            boolean lost = i % 4_000 == 0;
            switch (random.nextInt(3)) {
                case 0 -> history.add(join(start, lost ? Counting.NEVER : end, ++count));
                case 1 -> {
                    history.add(leave(start, lost ? Counting.NEVER : end, count == 0 ? -1 : count - 1));
                    count = Math.max(0, count - 1);
                }
                default -> history.add(read(start, end, count > 0));
            }
        }
        assertThat(Counting.violation(history)).isEmpty();
        int wrong = 10_000;
        while (history.get(wrong).kind() != Kind.JOIN) {
            wrong++;
        }
        Operation right = history.get(wrong);
        history.set(wrong, join(right.start(), right.end(), right.result() + 9));
        assertThat(Counting.violation(history)).isPresent();
    }

    @Test
    void manyReadsAtOnce_andLostAnswers_areJudgedQuickly() {
        List<Operation> history = new ArrayList<>();
        history.add(join(-3, -2, 1));
        for (int i = 0; i < 4; i++) {
            history.add(join(-1, Counting.NEVER, 0));
        }
        for (int i = 0; i < 400; i++) {
            long at = 100L * i;
            history.add(join(at, at + 250, 2));
            history.add(leave(at + 251, at + 299, 1));
            for (int j = 0; j < 20; j++) {
                history.add(read(at + j, at + 290 + j, true));
            }
            if (i % 3 != 0) {
                history.remove(history.size() - 21);
                history.remove(history.size() - 21);
            }
        }
        assertThat(Counting.violation(history)).isEmpty();
        history.add(read(300_000, 300_001, false));
        assertThat(Counting.violation(history)).isPresent();
    }

    /** As after a node that died, or on a machine so slow that many calls reach their deadline. */
    @Test
    void manyLostAnswers_areJudgedQuickly_alsoWhenTheHistoryIsWrong() {
        List<Operation> history = new ArrayList<>();
        Random random = new Random(2);
        int count = 0;
        for (int i = 0; i < 8_000; i++) {
            long start = 10L * i - random.nextInt(40);
            long end = 10L * i + random.nextInt(40);
            boolean lost = i % 400 < 3;
            boolean joins = random.nextBoolean();
            // Of what was lost every second took effect.
            if (!lost || i % 2 == 0) {
                count = joins ? count + 1 : Math.max(-1, count - 1);
            }
            history.add(
                    joins
                            ? join(start, lost ? Counting.NEVER : end, count)
                            : leave(start, lost ? Counting.NEVER : end, count));
            count = Math.max(0, count);
        }
        assertThat(Counting.violation(history)).isEmpty();
        long after = 100_000;
        history.add(join(after, after + 1, count + 1_000));
        assertThat(Counting.violation(history)).isPresent();
    }
}

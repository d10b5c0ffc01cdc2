package io.plexspaces.processgroups.bench.load;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Holds what one subscriber gets against what was published for it: each message of each of its streams once, in the
 * order of their numbers 0, 1, 2 … Not thread-safe.
 */
final class DeliveryCheck {
    private static final int NOT_WANTED = -1;
    private static final int REMEMBERED = 100_000;

    private final int first;
    private final int[] next;
    private final Set<Long> missing = new HashSet<>(0);
    private long lost;
    private long duplicates;
    private long reordered;
    private long unwanted;

    /**
     * @param first the lowest number of a stream that may be wanted
     * @param count how many streams from there on may be
     * @param wanted of these, by the stream's number
     */
    DeliveryCheck(int first, int count, IntPredicate wanted) {
        this.first = first;
        this.next = new int[count];
        for (int i = 0; i < count; i++) {
            next[i] = wanted.test(first + i) ? 0 : NOT_WANTED;
        }
    }

    void accept(int stream, int number) {
        int at = stream - first;
        if (at < 0 || at >= next.length || next[at] == NOT_WANTED) {
            unwanted++;
        } else if (next[at] == number) {
            next[at]++;
        } else if (number > next[at]) {
            skipTo(at, number);
        } else if (missing.remove(key(at, number))) {
            lost--;
            reordered++;
        } else {
            duplicates++;
        }
    }

    private void skipTo(int at, int number) {
        lost += (long) number - next[at];
        for (int skipped = next[at]; skipped < number && missing.size() < REMEMBERED; skipped++) {
            missing.add(key(at, skipped));
        }
        next[at] = number + 1;
    }

    /** @param published how many messages each stream had */
    Faults faults(IntUnaryOperator published) {
        long open = 0;
        long invented = 0;
        for (int i = 0; i < next.length; i++) {
            if (next[i] != NOT_WANTED) {
                int behind = published.applyAsInt(first + i) - next[i];
                open += Math.max(0, behind);
                invented += Math.max(0, -behind);
            }
        }
        return new Faults(lost + open, duplicates, reordered, unwanted + invented);
    }

    private static long key(int at, int number) {
        return (long) at << 32 | number;
    }

    @Override
    public String toString() {
        return "next " + Arrays.toString(next);
    }
}

package io.plexspaces.processgroups.cluster;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether what clients saw of one actor's joins can be explained by a counter: each operation took effect at one moment between its call and its
 * answer. The search is that of Wing and Gong, with the configurations remembered that led nowhere (Lowe).
 */
final class Counting {
    /** The end of an operation whose answer was lost: it took effect at any time after its call, or not yet. */
    static final long NEVER = Long.MAX_VALUE;

    private Counting() {}

    /** What was asked. */
    enum Kind {
        JOIN,
        LEAVE,
        READ
    }

    /**
     * One operation as its client saw it.
     *
     * @param start when it was called
     * @param end when it was answered, on the same clock; {@link #NEVER}: it was not
     * @param result count after a join or leave, -1 for a leave that was refused; 1 or 0 for a read that saw a member or not; any if it
     *     never ended
     */
    record Operation(Kind kind, long start, long end, int result) {
        boolean isAnswered() {
            return end != NEVER;
        }

        /** The count after it, or -1 when it cannot have happened at this count with this result. */
        private int after(int count) {
            int next = count;
            int said = count > 0 ? 1 : 0;
            if (kind == Kind.JOIN) {
                next = count + 1;
                said = next;
            } else if (kind == Kind.LEAVE) {
                next = Math.max(0, count - 1);
                said = count == 0 ? -1 : next;
            }
            return isAnswered() && said != result ? -1 : next;
        }
    }

    /** One event of the history, in a list from which those of operations that were placed are taken out. */
    private static final class Event {
        final int operation;
        final boolean call;
        final long at;
        Event previous;
        Event next;
        Event answer;

        Event(int operation, boolean call, long at) {
            this.operation = operation;
            this.call = call;
            this.at = at;
        }

        void takeOut() {
            unlink();
            answer.unlink();
        }

        private void unlink() {
            previous.next = next;
            if (next != null) {
                next.previous = previous;
            }
        }

        void putBack() {
            answer.relink();
            relink();
        }

        private void relink() {
            previous.next = this;
            if (next != null) {
                next.previous = this;
            }
        }
    }

    private record Placed(Event call, int before) {}

    /**
     * What is placed, and the count then.
     *
     * @param first how many operations, by their answers, are placed without exception
     * @param more numbers of others that are
     */
    private record Configuration(int first, List<Integer> more, int count) {}

    /** The operation whose answer no order explains, given those before it; empty: the history is fine. The count begins at 0. */
    static Optional<Operation> violation(List<Operation> unordered) {
        List<Operation> history = unordered.stream()
                .sorted(Comparator.comparingLong(Operation::end))
                .toList();
        Event head = events(history);
        List<Placed> stack = new ArrayList<>();
        Set<Configuration> tried = new HashSet<>();
        BitSet placed = new BitSet();
        int count = 0;
        int deepest = -1;
        Operation stuck = null;
        Event at = head.next;
        while (head.next != null) {
            if (at.call) {
                int after = history.get(at.operation).after(count);
                if (after >= 0 && isNew(tried, placed, at.operation, after)) {
                    stack.add(new Placed(at, count));
                    placed.set(at.operation);
                    count = after;
                    at.takeOut();
                    at = head.next;
                } else {
                    at = at.next;
                }
            } else {
                // It was answered, and cannot be placed before its answer: something placed earlier is wrong.
                if (stack.size() > deepest) {
                    deepest = stack.size();
                    stuck = history.get(at.operation);
                }
                Placed last = null;
                // A read that fits changes nothing for those after it: to place it later is never better.
                while (last == null || history.get(last.call().operation).kind() == Kind.READ) {
                    if (stack.isEmpty()) {
                        return Optional.ofNullable(stuck);
                    }
                    last = stack.remove(stack.size() - 1);
                    placed.clear(last.call().operation);
                    count = last.before();
                    last.call().putBack();
                }
                at = last.call().next;
            }
        }
        return Optional.empty();
    }

    private static boolean isNew(Set<Configuration> tried, BitSet placed, int operation, int count) {
        placed.set(operation);
        int first = placed.nextClearBit(0);
        List<Integer> more = new ArrayList<>(2);
        for (int i = placed.nextSetBit(first); i >= 0; i = placed.nextSetBit(i + 1)) {
            more.add(i);
        }
        placed.clear(operation);
        return tried.add(new Configuration(first, more, count));
    }

    /** A list with a head of its own: calls and answers by time, answers that never came at the end. */
    private static Event events(List<Operation> history) {
        List<Event> all = new ArrayList<>(2 * history.size());
        for (int i = 0; i < history.size(); i++) {
            Event call = new Event(i, true, history.get(i).start());
            call.answer = new Event(i, false, history.get(i).end());
            all.add(call);
            all.add(call.answer);
        }
        // What is called and answered at the same time overlaps.
        all.sort(Comparator.comparingLong((Event event) -> event.at).thenComparing(event -> !event.call));
        Event head = new Event(-1, true, Long.MIN_VALUE);
        Event last = head;
        for (Event event : all) {
            last.next = event;
            event.previous = last;
            last = event;
        }
        return head;
    }
}

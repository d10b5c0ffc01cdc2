package io.plexspaces.processgroups.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether what clients saw of one actor's joins can be explained by a counter: each operation took effect at one moment
 * between its call and its answer. The judge walks through calls and answers in the order of time and keeps every state
 * in which the counter may be (Lowe, "Testing for linearizability", just-in-time linearization). Its memory grows with
 * what is under way at once, and not with the history: a violation is found at the answer that shows it.
 */
final class Counting {
    /** The end of an operation whose answer was lost: it took effect at any time after its call, or not yet. */
    static final long NEVER = Long.MAX_VALUE;

    /** Operations with an answer that are under way at once: a state has a bit for each. */
    private static final int MOST_AT_ONCE = Long.SIZE;

    private static final int MOST_STATES = 1_000_000;

    /** What is under way and will be answered, each in a place of its own. */
    private final Operation[] pending = new Operation[MOST_AT_ONCE];

    /** Called so far, and never answered. */
    private int lostJoins;

    private int lostLeaves;

    /**
     * Where the counter may be, with how many of the lost joins took effect in it, and of the lost leaves. Of two with
     * the same key the one that used fewer lost joins also used fewer lost leaves, and can do whatever the other can.
     */
    private Map<State, Lost> states = new HashMap<>(Map.of(new State(0, 0), new Lost(0, 0)));

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
     * @param result count after a join or leave, -1 for a leave that was refused; 1 or 0 for a read that saw a member
     *     or not; any if it never ended
     */
    record Operation(Kind kind, long start, long end, int result) {
        boolean isAnswered() {
            return end != NEVER;
        }

        /** Whether it leaves the count as it is. */
        private boolean isLook() {
            return kind == Kind.READ || result < 0;
        }

        /** Whether it can happen at this count with this result. */
        private boolean fits(int count) {
            if (isLook()) {
                return count > 0 == (kind == Kind.READ && result > 0);
            }
            return count == (kind == Kind.JOIN ? result - 1 : result + 1);
        }
    }

    /**
     * A state of the counter.
     *
     * @param done bits of the places of those under way that took effect
     */
    private record State(long done, int count) {
        boolean has(int place) {
            return (done >>> place & 1) == 1;
        }

        State without(int place) {
            return new State(done & ~(1L << place), count);
        }
    }

    private record Lost(int joins, int leaves) {}

    private record Event(long at, boolean call, Operation operation) {}

    /**
     * The operation whose answer no order explains, given those before it; empty: the history is fine. The count begins
     * at 0.
     */
    static Optional<Operation> violation(List<Operation> history) {
        List<Event> events = new ArrayList<>(2 * history.size());
        for (Operation operation : history) {
            events.add(new Event(operation.start(), true, operation));
            if (operation.isAnswered()) {
                events.add(new Event(operation.end(), false, operation));
            }
        }
        // What is called and answered at the same time overlaps.
        events.sort(Comparator.comparingLong(Event::at).thenComparing(event -> !event.call()));
        Counting judge = new Counting();
        for (Event event : events) {
            if (event.call()) {
                judge.called(event.operation());
            } else if (!judge.answered(event.operation())) {
                return Optional.of(event.operation());
            }
        }
        return Optional.empty();
    }

    private void called(Operation operation) {
        if (operation.isAnswered()) {
            pending[place(null)] = operation;
        } else if (operation.kind() == Kind.JOIN) {
            lostJoins++;
        } else if (operation.kind() == Kind.LEAVE) {
            lostLeaves++;
        }
    }

    private int place(Operation held) {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            if (Objects.equals(pending[i], held)) {
                return i;
            }
        }
        throw new IllegalArgumentException("more than " + MOST_AT_ONCE + " operations at once");
    }

    /** Keeps the states in which it took effect before its answer; false: there is none. */
    private boolean answered(Operation operation) {
        int place = place(operation);
        Map<State, Lost> before = states;
        Map<State, Lost> seen = new HashMap<>();
        states = new HashMap<>();
        Deque<State> open = new ArrayDeque<>();
        before.forEach((state, lost) -> see(looked(state), lost, seen, open));
        while (!open.isEmpty()) {
            State state = open.remove();
            if (seen.size() > MOST_STATES) {
                throw new IllegalStateException("too much was under way at once to be judged, before " + operation);
            }
            Lost lost = seen.get(state);
            if (state.has(place)) {
                keepBest(states, state.without(place), lost);
            } else {
                steps(state, lost, seen, open);
            }
        }
        pending[place] = null;
        return !states.isEmpty();
    }

    /** All operations that may come next. */
    private void steps(State state, Lost lost, Map<State, Lost> seen, Deque<State> open) {
        int count = state.count();
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            Operation next = pending[i];
            if (next != null && !next.isLook() && !state.has(i) && next.fits(count) && isFirstOfItsKind(i, state)) {
                see(looked(new State(state.done() | 1L << i, next.result())), lost, seen, open);
            }
        }
        if (lost.joins() < lostJoins) {
            see(looked(new State(state.done(), count + 1)), new Lost(lost.joins() + 1, lost.leaves()), seen, open);
        }
        // At 0 it would be refused, and change nothing.
        if (lost.leaves() < lostLeaves && count > 0) {
            see(looked(new State(state.done(), count - 1)), new Lost(lost.joins(), lost.leaves() + 1), seen, open);
        }
    }

    /** Of two that are alike the one that is answered first goes first: the other way nothing more is possible. */
    private boolean isFirstOfItsKind(int place, State state) {
        Operation one = pending[place];
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            Operation other = pending[i];
            if (other != null
                    && other.kind() == one.kind()
                    && other.result() == one.result()
                    && other.end() < one.end()
                    && !state.has(i)) {
                return false;
            }
        }
        return true;
    }

    /** After all that only looks and fits: it changes nothing for those after it, so that later is never better. */
    private State looked(State state) {
        long done = state.done();
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            Operation look = pending[i];
            if (look != null && look.isLook() && look.fits(state.count())) {
                done |= 1L << i;
            }
        }
        return new State(done, state.count());
    }

    private static void see(State state, Lost lost, Map<State, Lost> seen, Deque<State> open) {
        if (keepBest(seen, state, lost)) {
            open.add(state);
        }
    }

    private static boolean keepBest(Map<State, Lost> states, State state, Lost lost) {
        Lost known = states.get(state);
        boolean better = known == null || lost.joins() < known.joins();
        if (better) {
            states.put(state, lost);
        }
        return better;
    }
}

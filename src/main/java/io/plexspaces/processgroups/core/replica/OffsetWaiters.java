package io.plexspaces.processgroups.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Callers that wait for an offset to be read, or for a resynchronisation. No caller waits forever: {@link #tick} fails
 * those that waited for {@link #PATIENCE} calls of it. Part of a group's reading, and as little thread-safe as that.
 */
public final class OffsetWaiters {
    private static final System.Logger LOG = System.getLogger(OffsetWaiters.class.getName());

    /** The most ticks that anything on this node waits for the log. */
    public static final int PATIENCE = 5;

    private final NavigableMap<Long, List<Waiter>> byOffset = new TreeMap<>();
    private final List<Waiter> forJump = new ArrayList<>(0);

    /** For any thread: a caller may be waiting. */
    private volatile boolean used;

    private static final class Waiter {
        final Runnable then;
        final Runnable late;
        int ticks;

        Waiter(Runnable then, Runnable late) {
            this.then = then;
            this.late = late;
        }

        boolean isLate() {
            return ++ticks > PATIENCE;
        }
    }

    /** Any thread. */
    public boolean isUsed() {
        return used;
    }

    /** @param then called when the offset is read, and also when it takes too long */
    void add(long offset, Runnable then) {
        used = true;
        byOffset.computeIfAbsent(offset, at -> new ArrayList<>(1)).add(new Waiter(then, then));
    }

    /** @param late called in place of {@code then} when it takes too long */
    void addForJump(Runnable then, Runnable late) {
        used = true;
        forJump.add(new Waiter(then, late));
    }

    /** Completes all that wait for {@code reached} or less. */
    public void release(long reached) {
        while (!byOffset.isEmpty() && byOffset.firstKey() <= reached) {
            byOffset.pollFirstEntry().getValue().forEach(waiter -> letGo(waiter.then));
        }
    }

    /**
     * After a resynchronisation: completes all who wait for an offset up to {@code reached}, or for a
     * resynchronisation.
     */
    public void jumped(long reached) {
        release(reached);
        List<Waiter> released = List.copyOf(forJump);
        forJump.clear();
        released.forEach(waiter -> letGo(waiter.then));
    }

    /** To be called regularly. */
    public void tick() {
        List<Waiter> late = new ArrayList<>(0);
        byOffset.values().removeIf(waiting -> {
            waiting.removeIf(waiter -> waiter.isLate() && late.add(waiter));
            return waiting.isEmpty();
        });
        forJump.removeIf(waiter -> waiter.isLate() && late.add(waiter));
        used = !byOffset.isEmpty() || !forJump.isEmpty();
        late.forEach(waiter -> letGo(waiter.late));
    }

    /** A waiter that fails does not delay the others. */
    private static void letGo(Runnable waiting) {
        try {
            waiting.run();
        } catch (RuntimeException | Error failure) {
            LOG.log(System.Logger.Level.ERROR, "who waited for the log could not go on", failure);
        }
    }
}

package io.plexspaces.processgroups.faults;

import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What every instrumented method asks first: throws there and then while that point is armed. One for a process. */
public final class Faults {
    private static final AtomicLong THROWN = new AtomicLong();
    private static volatile Armed armed = new Armed(Set.of(), 0);

    private record Armed(Set<String> points, double probability) {}

    private Faults() {}

    /** @param probability of each call of these points to fail, until {@link #disarm} */
    public static void arm(Set<String> points, double probability) {
        armed = new Armed(Set.copyOf(points), probability);
    }

    public static void disarm() {
        armed = new Armed(Set.of(), 0);
    }

    /** How often something was thrown until now. */
    public static long thrown() {
        return THROWN.get();
    }

    /** Called at the beginning of the method. */
    public static void enter(String point) {
        Armed now = armed;
        if (now.probability() > 0 && now.points().contains(point)) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            if (random.nextDouble() < now.probability()) {
                THROWN.incrementAndGet();
                fail(point, random.nextInt(10));
            }
        }
    }

    private static void fail(String point, int kind) {
        switch (kind) {
            case 0 -> throw new AssertionError("injected at " + point);
            case 1 -> throw new StackOverflowError("injected at " + point);
            default -> throw new IllegalStateException("injected at " + point);
        }
    }
}

package io.plexspaces.processgroups.core;

import java.util.concurrent.atomic.AtomicInteger;

/** Who uses a replica: it may be closed only while nobody does, and nobody begins after that. Thread-safe. */
final class Usage {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean gone;
    private volatile boolean touched = true;

    /** False: it is closed, and another one has to be opened. */
    boolean enter() {
        touched = true;
        while (true) {
            int now = users.get();
            if (now < 0 || gone) {
                return false;
            }
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    void exit() {
        users.decrementAndGet();
    }

    /** Whether anybody used it since the last call. */
    boolean takeTouched() {
        boolean was = touched || users.get() > 0;
        touched = false;
        return was;
    }

    /** Closes it unless somebody uses it. */
    boolean closeIfUnused() {
        return users.compareAndSet(0, CLOSED);
    }

    /** What it reads has ended: nobody begins any more, and those who use it see that. */
    void close() {
        gone = true;
    }

    boolean isClosed() {
        return gone || users.get() < 0;
    }
}

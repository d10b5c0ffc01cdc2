package io.plexspaces.processgroups.core.replica;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counts the users of a replica: it is closed only while it has none, and gets no new ones after that. Thread-safe. */
public final class ReplicaUse {
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final VarHandle USERS;
    private static final VarHandle QUEUED;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(ReplicaUse.class, "users", int.class);
            QUEUED = MethodHandles.lookup().findVarHandle(ReplicaUse.class, "queued", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // Beside each other, since every message asks for them, and they are seldom in the processor's caches.
    private volatile int users;
    private volatile boolean gone;
    private volatile boolean touched = true;
    private volatile boolean held;
    private volatile int queued;

    /** False: it is closed, and another one has to be opened. */
    public boolean enter() {
        if (!touched) {
            touched = true;
        }
        while (true) {
            int now = users;
            if (now < 0 || gone) {
                return false;
            }
            if (USERS.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
    }

    public void exit() {
        USERS.getAndAdd(this, -1);
    }

    /** Whether it was used since the last call. */
    public boolean takeTouched() {
        boolean was = touched || users > 0;
        touched = false;
        return was;
    }

    /** Closes it unless it is in use. */
    public boolean closeIfUnused() {
        return USERS.compareAndSet(this, 0, CLOSED);
    }

    /** Whether earlier publishes may have to be tried again before one that comes now. */
    public boolean isHeld() {
        return held;
    }

    public void hold() {
        held = true;
    }

    public void release() {
        held = false;
    }

    /** Whether publishes wait in the group's serial queue: one that comes now goes there too, behind them. */
    public boolean hasQueued() {
        return queued > 0;
    }

    /** To be called before a publish is given to the serial queue. */
    public void queue() {
        QUEUED.getAndAdd(this, 1);
    }

    /** To be called there, when it was given to the log. */
    public void unqueue() {
        QUEUED.getAndAdd(this, -1);
    }

    /** What it reads has ended: it gets no new users, and present users can see that. */
    public void close() {
        gone = true;
    }

    public boolean isClosed() {
        return gone || users < 0;
    }
}

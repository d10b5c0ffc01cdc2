package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.Tail;
import java.util.function.Consumer;

/**
 * One open reading. Its calls are made in the serial queue of what it reads.
 *
 * @param <R> the kind of reader
 */
final class Reading<R> implements Tail {
    private static final System.Logger LOG = System.getLogger(Reading.class.getName());

    private final R reader;
    private final Consumer<Reading<R>> whenClosed;
    private final Consumer<R> whenFailed;
    private volatile boolean closed;

    /** True once the one who asked for it has it. In the serial queue alone. */
    boolean taken;

    /**
     * @param whenClosed called by every {@link #close}, on the caller's thread
     * @param whenFailed called when the reader has failed, and the reading ends
     */
    Reading(R reader, Consumer<Reading<R>> whenClosed, Consumer<R> whenFailed) {
        this.reader = reader;
        this.whenClosed = whenClosed;
        this.whenFailed = whenFailed;
    }

    /**
     * A reader that throws has not applied the call, and receives no more: neither the change nor other readers are
     * affected.
     */
    void tell(Consumer<R> call) {
        if (closed) {
            return;
        }
        try {
            call.accept(reader);
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.ERROR, "a reader failed", failure);
            close();
            whenFailed.accept(reader);
        }
    }

    @Override
    public void close() {
        closed = true;
        whenClosed.accept(this);
    }
}

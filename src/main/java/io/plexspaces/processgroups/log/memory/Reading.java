package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.Tail;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
    private boolean taken;

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

    /** A reading whose caller is gone before it begins ends at once. */
    static <T> Uni<Tail> tail(Consumer<UniEmitter<? super Reading<T>>> start) {
        return Uni.createFrom()
                .<Reading<T>>emitter(start)
                .onItem()
                .invoke(reading -> reading.taken = true)
                .map(reading -> reading);
    }

    /** Gives the reading to its caller. */
    static <T> void handOver(UniEmitter<? super Reading<T>> emitter, Supplier<Reading<T>> opening) {
        Reading<T> reading;
        try {
            reading = opening.get();
        } catch (RuntimeException | Error failure) {
            emitter.fail(failure);
            return;
        }
        emitter.complete(reading);
        if (!reading.taken) {
            reading.close();
        }
    }
}

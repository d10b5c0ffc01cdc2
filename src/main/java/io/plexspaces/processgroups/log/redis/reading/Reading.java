package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.SerialQueue;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.tasks.Backoff;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One reader of what one channel announces: opened by a read of the store, live by the channel, read again where the
 * channel did not bring all. A failure in the middle ends it, so that no reader takes a part for the whole. Belongs to
 * the serial queue of its feed.
 *
 * <pre>
 * WAITING --channel subscribed--> READING --all is delivered--> LIVE --something is missing--> READING
 * any --its end, a failure, or close--> ENDED
 * </pre>
 */
abstract class Reading implements Tail {
    private static final System.Logger LOG = System.getLogger(Reading.class.getName());

    /** Does something later, on any thread. */
    @FunctionalInterface
    interface Later {
        void after(long millis, Runnable step);
    }

    enum State {
        /** For the subscription of the channel. */
        WAITING,
        /** A read is under way, or waited for; announcements are kept for afterwards. */
        READING,
        LIVE,
        ENDED
    }

    State state = State.WAITING;

    private final String what;
    private final Executor serial;
    private final Later later;
    private final Promise<Tail> opened = Promise.promise();

    /** In a row: since a check last found that nothing is missing. */
    private int failures;

    private volatile boolean closed;

    /** @param what is read, as error texts name it */
    Reading(String what, SerialQueue serial, Later later) {
        this.what = what;
        this.serial = serial::execute;
        this.later = later;
    }

    /** Completes when the reader has its first snapshot. */
    public final Future<Tail> opened() {
        return opened.future();
    }

    /** Gives up if the channel is not subscribed to by now. */
    public final void giveUpWaiting() {
        inOrder(() -> {
            if (state == State.WAITING) {
                end(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "the store does not answer; try again later"));
            }
        });
    }

    @Override
    public final void close() {
        closed = true;
        inOrder(() -> end(null));
    }

    // ---- in the serial queue

    /** The channel is subscribed to from here on; earlier announcements are lost. */
    abstract void listening();

    /** An announcement could not be read. */
    abstract void unheard();

    /** It has ended, and receives nothing more: gives back what it holds. */
    abstract void release();

    /** @param cause as clients receive it */
    abstract void tellFailed(GroupException cause);

    final boolean isOpened() {
        return opened.future().isComplete();
    }

    final void complete() {
        opened.tryComplete(this);
    }

    /** Does it after a pause that grows until nothing is missing. */
    final void again(Runnable step) {
        later(Backoff.READ.millis(failures++), step);
    }

    final void nothingIsMissing() {
        failures = 0;
    }

    final void later(long millis, Runnable step) {
        later.after(millis, () -> ifOpen(step));
    }

    /** From any thread. */
    final void ifOpen(Runnable step) {
        inOrder(() -> {
            if (state != State.ENDED) {
                step.run();
            }
        });
    }

    private void inOrder(Runnable step) {
        serial.execute(() -> guarded(step));
    }

    /**
     * A step that fails in the middle ends the reading, and its reader is notified; an {@code Error} is also thrown on.
     */
    final void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.ERROR, "a reading has failed, and ends", failure);
            end(failure);
        } catch (Error failure) {
            end(failure);
            throw failure;
        }
    }

    /** A reader that throws has not applied the call. */
    final void call(Runnable call) {
        if (!closed) {
            call.run();
        }
    }

    /** @param cause null: the reader, or the end of what is read, wants it so */
    final void end(@Nullable Throwable cause) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        try {
            release();
        } finally {
            tellEnd(cause);
        }
    }

    private void tellEnd(@Nullable Throwable cause) {
        if (cause != null && !opened.tryFail(cause)) {
            GroupException told = cause instanceof GroupException known
                    ? known
                    : GroupException.of(ErrorCode.INTERNAL, what + " could not be read any further");
            call(() -> tellFailed(told));
        }
    }
}

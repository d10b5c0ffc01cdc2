package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.Delays;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Ends connections when the rights end that they work with, and says so before. Thread-safe. */
public final class Expiry {
    /** How long before the end a client is told; at half the time if there is less. */
    static final Duration NOTICE = Duration.ofSeconds(30);

    /** The longest wait between two looks at the clock, which may be set anew, or stand still with its machine. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);
    private static final Runnable NOTHING = () -> {};

    private static final System.Logger LOG = System.getLogger(Expiry.class.getName());

    private final InstantSource clock;
    private final Delays delays;

    public Expiry(InstantSource clock, Delays delays) {
        this.clock = clock;
        this.delays = delays;
    }

    /**
     * The life of a connection with the rights of one caller after the other.
     *
     * @param caller null: nobody was asked who they are, and the connection does not end by itself
     */
    public Life begin(Connection connection, @Nullable Caller caller) {
        Life life = new Life(connection);
        if (caller != null) {
            life.goOn(caller);
        }
        return life;
    }

    /** Of one connection. */
    public final class Life {
        private final Connection connection;

        // Guarded by this.
        private @Nullable Instant end;
        private @Nullable Instant notice;
        private Runnable waiting = NOTHING;
        private boolean closed;

        private Life(Connection connection) {
            this.connection = connection;
        }

        /** From now on it ends with this caller's rights: with UNAUTHENTICATED, some seconds later at most. */
        void goOn(Caller caller) {
            Instant at = caller.expiresAt();
            if (begin(at)) {
                connection.onEnd(cause -> close());
            }
            look();
        }

        /** @return whether this is the first end that is to be awaited */
        private synchronized boolean begin(@Nullable Instant at) {
            boolean first = end == null && at != null;
            end = at;
            notice = null;
            if (at != null) {
                Duration half = Duration.between(clock.instant(), at).dividedBy(2);
                notice = at.minus(half.compareTo(NOTICE) < 0 ? half : NOTICE);
            }
            return first;
        }

        private synchronized void close() {
            closed = true;
            waiting.run();
            waiting = NOTHING;
        }

        private void look() {
            try {
                Instant now = clock.instant();
                Instant over = over(now);
                if (over != null) {
                    connection.cut(GroupException.of(ErrorCode.UNAUTHENTICATED, "the token has expired"));
                    return;
                }
                Instant soon = soon(now);
                if (soon != null) {
                    connection.send(Frame.of(new Event.TokenExpiring(soon)));
                }
                lookAgain(now);
            } catch (RejectedExecutionException stopping) {
                LOG.log(System.Logger.Level.TRACE, "the server stops, and ends its connections", stopping);
            } catch (RuntimeException | Error failure) {
                // Rights must not outlive their token.
                LOG.log(System.Logger.Level.ERROR, "the end of a token could not be awaited", failure);
                connection.cut(GroupException.of(ErrorCode.INTERNAL, "internal error"));
            }
        }

        private synchronized @Nullable Instant over(Instant now) {
            return !closed && end != null && !now.isBefore(end) ? end : null;
        }

        /** Once. */
        private synchronized @Nullable Instant soon(Instant now) {
            if (closed || notice == null || now.isBefore(notice)) {
                return null;
            }
            notice = null;
            return end;
        }

        private synchronized void lookAgain(Instant now) {
            waiting.run();
            waiting = NOTHING;
            Instant next = notice == null ? end : notice;
            if (!closed && next != null) {
                Duration wait = Duration.between(now, next);
                wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
                wait = wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
                waiting = delays.after(wait.toNanos(), this::look);
            }
        }
    }
}

package io.plexspaces.processgroups.log.redis.connection;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to one server over one connection, many at a time; answers come in the same order. The connection is
 * made when first needed, and again when it has ended. Thread-safe.
 */
final class CommandConnection {
    /** Commands that may wait for their answers. */
    private static final int MOST_WAITING = 32_768;

    /** After a connection failed, none is tried for so long. */
    private static final long PAUSE_NANOS = 50_000_000;

    private final Vertx vertx;
    private final RedisOptions options;
    private final String endpoint;
    private final Duration silence;
    private final Duration patience;
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile @Nullable Attempt current;
    private volatile boolean closed;

    /** One connection, from the try to make it to its end. */
    private static final class Attempt {
        final long begun = System.nanoTime();

        volatile boolean over;
        volatile Future<ServerConnection> connection = Future.failedFuture("not begun");

        boolean holds(long now) {
            return !over || now - begun < PAUSE_NANOS;
        }
    }

    CommandConnection(Vertx vertx, RedisOptions options, String endpoint, Duration silence, Duration patience) {
        this.vertx = vertx;
        this.options = options;
        this.endpoint = endpoint;
        this.silence = silence;
        this.patience = patience;
    }

    /** OVERLOADED when too many wait already. */
    Future<Response> send(Request request) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return Future.failedFuture(
                    GroupException.of(ErrorCode.OVERLOADED, "too many requests wait for the store; try again later"));
        }
        Attempt attempt = attempt();
        Future<ServerConnection> connection = attempt.connection;
        Future<Response> answer = connection.succeeded()
                ? send(attempt, connection.result(), request)
                : connection.compose(made -> send(attempt, made, request));
        return answer.onComplete(done -> waiting.decrementAndGet());
    }

    private static Future<Response> send(Attempt attempt, ServerConnection connection, Request request) {
        return connection.send(request).recover(failure -> {
            boolean isAnswer = failure instanceof ErrorType answered && !answered.is("CONNECTION_CLOSED");
            if (!isAnswer && failure != ServerConnection.LATE) {
                end(attempt);
            }
            return Future.failedFuture(failure);
        });
    }

    /**
     * To be called regularly: ends a connection that answers nothing for too long, however many answers it owes; and
     * fails the commands that have waited for longer than any caller would.
     */
    void check() {
        Attempt attempt = current;
        if (attempt == null || !attempt.connection.succeeded()) {
            return;
        }
        ServerConnection connection = attempt.connection.result();
        if (connection.silence() > silence.toNanos()) {
            end(attempt);
        } else {
            connection.failOlderThan(patience.toNanos());
        }
    }

    /** How long the command has waited that has waited longest for its answer, in nanoseconds; 0: none waits. */
    long longestUnanswered() {
        Attempt attempt = current;
        if (attempt == null || waiting.get() == 0) {
            return 0;
        }
        return attempt.connection.succeeded()
                ? attempt.connection.result().longestUnanswered()
                : System.nanoTime() - attempt.begun;
    }

    boolean isConnected() {
        Attempt attempt = current;
        return attempt != null && !attempt.over && attempt.connection.succeeded();
    }

    void close() {
        closed = true;
        Attempt attempt = current;
        if (attempt != null) {
            end(attempt);
        }
    }

    private Attempt attempt() {
        Attempt attempt = current;
        return attempt != null && attempt.holds(System.nanoTime()) ? attempt : begin();
    }

    private Attempt begin() {
        Attempt attempt = new Attempt();
        synchronized (this) {
            Attempt present = current;
            if (present != null && present.holds(System.nanoTime())) {
                return present;
            }
            if (closed) {
                attempt.over = true;
                return attempt;
            }
            attempt.connection = ServerConnection.open(vertx, options, endpoint, silence);
            current = attempt;
        }
        attempt.connection.onComplete(made -> {
            if (made.failed() || closed) {
                end(attempt);
            } else {
                made.result().whenEnded(() -> attempt.over = true);
                // An answer without a call: the others may then belong to wrong calls, too.
                made.result().whenPushed(unasked -> end(attempt));
            }
        });
        return attempt;
    }

    private static void end(Attempt attempt) {
        attempt.over = true;
        Future<ServerConnection> connection = attempt.connection;
        if (connection.succeeded()) {
            connection.result().close();
        }
    }
}

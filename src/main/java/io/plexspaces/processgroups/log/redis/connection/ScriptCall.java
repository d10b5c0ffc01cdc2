package io.plexspaces.processgroups.log.redis.connection;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.tasks.Backoff;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;

/** One call of one script, repeated until there is an answer or the time is over. */
final class ScriptCall {
    private static final System.Logger LOG = System.getLogger(ScriptCall.class.getName());
    private static final Escapes ESCAPES = new Escapes(ScriptCall.class);

    /** Errors that pass: the slot is elsewhere, or the server cannot answer now. */
    private static final Set<String> PASSING = Set.of(
            "MOVED",
            "ASK",
            "TRYAGAIN",
            "CLUSTERDOWN",
            "MASTERDOWN",
            "LOADING",
            "READONLY",
            "BUSY",
            "NOREPLICAS",
            "CONNECTION_CLOSED",
            "UNBLOCKED");

    private final Vertx vertx;
    private final RedisServers servers;
    private final Script script;
    private final List<String> keys;
    private final List<?> arguments;
    private final boolean urgent;
    private final int slot;
    private final LongConsumer roundTrips;
    private final long deadline;
    private final Promise<Response> promise = Promise.promise();
    private int attempts;

    /** @param urgent on the connection for what must not wait */
    ScriptCall(
            Vertx vertx,
            RedisServers servers,
            Script script,
            List<String> keys,
            List<?> arguments,
            ConnectionSettings settings,
            boolean urgent) {
        this.vertx = vertx;
        this.servers = servers;
        this.script = script;
        this.keys = keys;
        this.arguments = arguments;
        this.urgent = urgent;
        this.slot = RedisServers.slot(keys.get(0));
        this.roundTrips = settings.roundTrips();
        this.deadline = System.nanoTime() + settings.patience().toNanos();
    }

    Future<Response> run() {
        attempt();
        return promise.future();
    }

    private void attempt() {
        guarded(this::begin);
    }

    /** A failure in a step can only be reported to the caller that waits for the answer. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable failure) {
            if (!promise.tryFail(failure)) {
                throw failure;
            }
        }
    }

    private void begin() {
        attempts++;
        Future<Topology> layout = servers.layout();
        if (layout.succeeded()) {
            send(layout.result(), true);
        } else {
            layout.onComplete(known -> guarded(() -> {
                if (known.succeeded()) {
                    send(known.result(), true);
                } else {
                    again(known.cause());
                }
            }));
        }
    }

    /** @param known the server is thought to have the script */
    private void send(Topology layout, boolean known) {
        Future<Response> answer;
        long sent = System.nanoTime();
        try {
            answer = servers.commands(layout.endpoint(slot), layout, urgent).send(request(layout, known));
        } catch (IllegalStateException nobody) {
            again(nobody);
            return;
        } catch (Throwable failure) {
            // This may run on an event loop, which would swallow the failure.
            promise.tryFail(failure);
            return;
        }
        answer.onComplete(done -> guarded(() -> {
            if (done.succeeded() || done.cause() instanceof ErrorType) {
                roundTrips.accept(System.nanoTime() - sent);
            }
            answered(done, layout, known);
        }));
    }

    private Request request(Topology layout, boolean known) {
        Request request = known
                ? Request.cmd(Command.EVALSHA).arg(script.sha1())
                : Request.cmd(Command.EVAL).arg(script.text());
        request.arg(keys.size());
        keys.forEach(request::arg);
        for (Object argument : arguments) {
            if (argument == RedisServers.PUBLISH) {
                request.arg(layout.sharded() ? "SPUBLISH" : "PUBLISH");
            } else if (argument instanceof byte[] bytes) {
                request.arg(bytes);
            } else {
                request.arg(argument.toString());
            }
        }
        return request;
    }

    private void answered(AsyncResult<Response> done, Topology layout, boolean known) {
        if (done.succeeded()) {
            promise.complete(done.result());
            return;
        }
        Throwable failure = done.cause();
        if (failure instanceof ErrorType error && error.is("NOSCRIPT") && known) {
            send(layout, false);
        } else if (failure instanceof GroupException) {
            promise.fail(failure);
        } else if (failure instanceof ErrorType error && PASSING.stream().noneMatch(error::is)) {
            refused(error);
        } else {
            again(failure);
        }
    }

    /** The server answers, but does not do it. */
    private void refused(ErrorType error) {
        ESCAPES.refused("script " + script.name(), Objects.requireNonNullElse(error.getMessage(), ""));
        promise.fail(unavailable("the store refused the request"));
    }

    private void again(Throwable failure) {
        servers.doubt();
        if (System.nanoTime() >= deadline || servers.isClosed()) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "script {0} has no answer after {1} attempts: {2}",
                    script.name(),
                    attempts,
                    failure.getMessage());
            promise.fail(unavailable("the store does not answer"));
            return;
        }
        vertx.setTimer(Backoff.CALL.millis(attempts - 1), id -> attempt());
    }

    private static GroupException unavailable(String what) {
        return GroupException.of(ErrorCode.STORE_UNAVAILABLE, what + "; try again later");
    }
}

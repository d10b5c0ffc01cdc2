package io.plexspaces.processgroups.api.http.call;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.BearerToken;
import io.plexspaces.processgroups.api.SessionProtocol;
import io.plexspaces.processgroups.api.UnaryCalls;
import io.plexspaces.processgroups.api.format.SubscribeUrl;
import io.plexspaces.processgroups.authentication.AuthFailure;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Makes calls of requests: nothing of one begins before its token was checked, and its body has come. Thread-safe. */
@Singleton
public final class Calls {
    private static final System.Logger LOG = System.getLogger(Calls.class.getName());

    private final SessionProtocol.Service service;
    private final UnaryCalls underWay = new UnaryCalls();

    Calls(SessionProtocol.Service service) {
        this.service = service;
    }

    public SessionProtocol.Service service() {
        return service;
    }

    UnaryCalls underWay() {
        return underWay;
    }

    /**
     * Takes a request whose head has come, on the event loop of its connection.
     *
     * @param maxBytes of its body
     * @param failures how a failure of it is told
     * @param then gets the call, with the traces of its caller; what it throws is the call's failure
     */
    public void accept(RoutingContext context, int maxBytes, Failures failures, Consumer<Call> then) {
        context.request().pause();
        Call call = new Call(this, context, failures);
        try {
            SubscribeUrl.checkNoToken(context.request().query());
        } catch (GroupException refused) {
            drop(call, refused);
            return;
        }
        if (asks()) {
            identify(call, () -> read(call, maxBytes, then));
        } else {
            read(call, maxBytes, then);
        }
    }

    private boolean asks() {
        return service.authenticator().asks() || service.requests().askWhere();
    }

    private void identify(Call call, Runnable then) {
        Authenticator authenticator = service.authenticator();
        String token;
        try {
            token = BearerToken.of(call.http().request().getHeader(HttpHeaders.AUTHORIZATION));
        } catch (GroupException refused) {
            authenticator.refused(AuthFailure.SCHEME, call.address());
            drop(call, refused);
            return;
        }
        CompletableFuture<Caller> checked =
                authenticator.authenticate(token, call.address()).toCompletableFuture();
        checked.whenComplete((caller, failure) -> call.onLoop(() -> {
            if (failure != null) {
                drop(call, failure);
            } else {
                call.by(caller);
                then.run();
            }
        }));
    }

    private static void drop(Call call, Throwable why) {
        Body.drop(call.http());
        call.fail(why);
    }

    private void read(Call call, int maxBytes, Consumer<Call> then) {
        Body.read(call.http(), maxBytes, call.charge(), body -> begin(call, body, then), call::fail);
    }

    private void begin(Call call, byte[] body, Consumer<Call> then) {
        call.came(body);
        Traces traces = service.traces();
        Traces.Caller tracing = traces.isOn() ? traces.caller(call.http().request()::getHeader) : null;
        if (tracing == null) {
            call.guarded(() -> then.accept(call));
        } else {
            tracing.run(() -> call.guarded(() -> then.accept(call)));
        }
    }

    /**
     * Refuses calls that come with SHUTTING_DOWN. On the thread that stops.
     *
     * @param answers how long to wait for calls under way
     */
    public void stop(Duration answers) {
        try {
            underWay.refuse(GroupException.of(ErrorCode.SHUTTING_DOWN, "this server is stopping"))
                    .get(answers.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            LOG.log(System.Logger.Level.WARNING, "the stop goes on without waiting any longer for HTTP calls to end");
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

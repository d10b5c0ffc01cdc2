package io.plexspaces.processgroups.api.http.call;

import com.google.protobuf.Message;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.api.Errors;
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.core.Refusals;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request that gets one answer. What it makes the server hold counts in the server's budget until its client has
 * taken the answer, or is gone. On the event loop of its connection, unless said otherwise.
 */
public final class Call {
    public static final String JSON = "application/json";

    /** JSON has about so many bytes for one of protobuf. */
    private static final int GROWTH = 2;

    private static final int UNAUTHORIZED = 401;
    private static final System.Logger LOG = System.getLogger(Call.class.getName());

    private final Calls calls;
    private final RoutingContext http;
    private final Failures failures;
    private final ContextInternal loop;
    private final Charge charge;
    private Requests requests;
    private @Nullable Caller caller;
    private byte[] body = {};
    private boolean answered;

    Call(Calls calls, RoutingContext http, Failures failures) {
        this.calls = calls;
        this.http = http;
        this.failures = failures;
        this.loop = ((ConnectionBase) http.request().connection()).getContext().unwrap();
        this.charge = new Charge(calls.service().budget());
        this.requests = calls.service().requests();
        http.addEndHandler(ended -> {
            if (ended.failed() || !answered) {
                answered = true;
                charge.end();
            }
        });
    }

    public RoutingContext http() {
        return http;
    }

    /** What it is checked by. */
    public Requests requests() {
        return requests;
    }

    /** Null: it was not asked who it is. */
    public @Nullable Caller caller() {
        return caller;
    }

    /** Of the client; null: it is not known. */
    public @Nullable SocketAddress address() {
        return ((ConnectionBase) http.request().connection()).channel().remoteAddress();
    }

    public byte[] body() {
        return body;
    }

    Charge charge() {
        return charge;
    }

    void by(Caller known) {
        caller = known;
        requests = requests.by(known, address());
    }

    void came(byte[] whole) {
        body = whole;
        charge.set(whole.length);
    }

    /** Runs it on the event loop, at once if that is this thread. On any thread. */
    public void onLoop(Runnable step) {
        if (Vertx.currentContext() instanceof ContextInternal present && present.unwrap() == loop) {
            guarded(step);
        } else {
            loop.runOnContext(on -> guarded(step));
        }
    }

    /** Runs it on the event loop, when that has looked at its other connections. On any thread. */
    void later(Runnable step) {
        loop.runOnContext(on -> guarded(step));
    }

    /** What it throws is the failure of the call. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failure) {
            fail(failure);
        }
    }

    /**
     * Executes an operation.
     *
     * @param reading the request; what it throws is why it is refused
     * @param answer gets the result, on the event loop
     */
    public <Q extends Message, A extends Message> void execute(
            Operation<Q, A> operation, Supplier<Q> reading, Consumer<A> answer) {
        GroupException refused = calls.underWay().begin();
        if (refused != null) {
            fail(refused);
            return;
        }
        try {
            Q request = reading.get();
            hold(GROWTH * (long) operation.mostBytes(request));
            operation
                    .execute(requests, request)
                    .subscribe()
                    .with(result -> end(() -> answer.accept(result)), failure -> end(() -> fail(failure)));
        } catch (RuntimeException | Error failure) {
            calls.service().refusals().refused(operation.name(), failure);
            end(() -> fail(failure));
        }
    }

    /**
     * Executes an operation for each of many requests, in their order.
     *
     * @param reading all of them, as they stand in the request; what it throws is why it is refused
     * @param answerBytes that the answer may have, at most
     * @param each reads one of them; what it throws is the outcome of that one
     * @param answer gets their outcomes in the same order, on the event loop
     */
    public <R, Q extends Message, A extends Message> void executeAll(
            Operation<Q, A> operation,
            Supplier<List<R>> reading,
            long answerBytes,
            Function<R, Q> each,
            Consumer<List<Outcome<A>>> answer) {
        GroupException refused = calls.underWay().begin();
        if (refused != null) {
            fail(refused);
            return;
        }
        try {
            List<R> requests = reading.get();
            hold(body.length + answerBytes);
            Refusals refusals = calls.service().refusals();
            new Series<>(this, operation, refusals, requests, each, outcomes -> end(() -> answer.accept(outcomes)))
                    .goOn();
        } catch (RuntimeException | Error failure) {
            calls.service().refusals().refused(operation.name(), failure);
            end(() -> fail(failure));
        }
    }

    /**
     * Counts what the answer may have beside the request.
     *
     * @throws GroupException OVERLOADED: there is no room for it
     */
    public void hold(long answerBytes) {
        if (!charge.grow(body.length + answerBytes)) {
            throw GroupException.of(ErrorCode.OVERLOADED, "the server holds too much for its clients");
        }
    }

    private void end(Runnable last) {
        onLoop(() -> {
            try {
                last.run();
            } finally {
                calls.underWay().end();
            }
        });
    }

    /** Answers, if it has no answer yet. */
    public void answer(int status, String type, byte[] content) {
        if (answered) {
            return;
        }
        answered = true;
        body = new byte[0];
        charge.set(content.length);
        HttpServerResponse response = http.response();
        if (response.closed()) {
            charge.end();
            return;
        }
        // What is still to come of the request is read and dropped.
        http.request().resume();
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type);
        response.end(Buffer.buffer(content)).onComplete(taken -> charge.end());
    }

    /** It has its answer, or its client is gone. */
    public boolean isAnswered() {
        return answered;
    }

    /** The answer is a stream, to which nothing of this belongs. */
    public void streams() {
        answered = true;
        body = new byte[0];
        charge.end();
    }

    /** Answers with a failure, if it has no answer yet. Logs what is a defect. */
    public void fail(Throwable failure) {
        fail(Refusal.of(Errors.expected(failure)));
    }

    /** Answers with a failure, if it has no answer yet. */
    public void fail(Refusal why) {
        if (answered) {
            return;
        }
        try {
            failures.tell(this, why);
        } catch (RuntimeException | Error untold) {
            LOG.log(System.Logger.Level.ERROR, "a failure could not be reported", untold);
            http.request().connection().close();
        }
    }

    void refuse(Refusal why) {
        if (!http.response().closed()) {
            addHeaders(http.response(), why);
        }
        answer(why.status(), JSON, line(why));
    }

    /** Refuses a request that is no call of ours: what is still to come of it is read and dropped. */
    public static void refuse(RoutingContext http, Refusal why) {
        HttpServerResponse response = http.response();
        addHeaders(response, why);
        response.setStatusCode(why.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end(Buffer.buffer(line(why)));
    }

    /** For who reads it on a terminal. */
    private static byte[] line(Refusal why) {
        byte[] json = why.json();
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static void addHeaders(HttpServerResponse response, Refusal why) {
        Duration wait = why.retryAfter();
        if (!wait.isZero()) {
            response.putHeader(
                    HttpHeaders.RETRY_AFTER,
                    String.valueOf(wait.plusNanos(999_999_999).toSeconds()));
        }
        if (why.status() == UNAUTHORIZED) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
    }
}

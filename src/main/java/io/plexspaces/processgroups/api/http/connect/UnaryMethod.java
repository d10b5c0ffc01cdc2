package io.plexspaces.processgroups.api.http.connect;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.api.format.JsonMessages;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Calls;
import io.plexspaces.processgroups.api.http.call.Failures;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** A method with one request and one answer. */
final class UnaryMethod<Q extends Message, A extends Message> implements ConnectMethod {
    private static final int OK = 200;
    private static final int UNSUPPORTED_TYPE = 415;

    private final Operation<Q, A> operation;
    private final JsonMessages<Q> json;
    private final Calls calls;

    UnaryMethod(Operation<Q, A> operation, Calls calls) {
        this.operation = operation;
        this.json = new JsonMessages<>(operation.prototype());
        this.calls = calls;
    }

    @Override
    public void handle(RoutingContext context) {
        Codec codec = Codec.unary(ConnectHeaders.mediaType(context.request()));
        if (codec == null) {
            String types = Codec.JSON.unaryType() + ", " + Codec.PROTO.unaryType();
            context.response().putHeader("Accept-Post", types);
            Call.refuse(
                    context, Refusal.of(Status.Code.UNKNOWN, UNSUPPORTED_TYPE, "Content-Type must be one of " + types));
            return;
        }
        Refusal complaint = ConnectHeaders.complaint(context.request(), HttpHeaders.CONTENT_ENCODING);
        if (complaint != null) {
            Call.refuse(context, complaint);
            return;
        }
        calls.accept(context, codec.maxBytes(calls.service().settings()), Failures.BY_STATUS, call -> {
            Deadline.of(call);
            call.execute(
                    operation,
                    () -> codec.read(operation.prototype(), json, call.body()),
                    answer -> call.answer(OK, codec.unaryType(), codec.write(answer)));
        });
    }
}

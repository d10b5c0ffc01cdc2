package io.plexspaces.processgroups.api.http.connect;

import io.grpc.Status;
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.api.Operations;
import io.plexspaces.processgroups.api.Streams;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Calls;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.api.http.stream.EventStreams;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** The service by the Connect protocol: {@code POST /plexspaces.processgroups.v1.ProcessGroupService/{method}}. */
@Singleton
final class ConnectEndpoint {
    private static final String PATH = "/" + ProcessGroupServiceGrpc.SERVICE_NAME + "/";
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    private final Map<String, ConnectMethod> methods = new HashMap<>();

    ConnectEndpoint(Calls calls, EventStreams streams) {
        for (Operation<?, ?> operation : new Operations(calls.service().groups()).all()) {
            methods.put(operation.method(), new UnaryMethod<>(operation, calls));
        }
        methods.put(
                "Subscribe",
                new StreamMethod<>(
                        UseCase.JOIN, SubscribeRequest.getDefaultInstance(), Streams::subscribe, calls, streams));
        methods.put(
                "Watch",
                new StreamMethod<>(UseCase.WATCH, WatchRequest.getDefaultInstance(), Streams::watch, calls, streams));
        methods.put(
                "Ask", new StreamMethod<>(UseCase.ASK, AskRequest.getDefaultInstance(), Streams::ask, calls, streams));
        methods.put("Session", new SessionMethod());
    }

    void register(@Observes Router router) {
        router.route(PATH + "*").handler(this::handle);
    }

    private void handle(RoutingContext context) {
        String name = context.normalizedPath().substring(PATH.length());
        ConnectMethod method = methods.get(name);
        if (method == null) {
            Call.refuse(
                    context,
                    Refusal.of(
                            Status.Code.UNIMPLEMENTED,
                            NOT_FOUND,
                            ProcessGroupServiceGrpc.SERVICE_NAME + " has no method of this name"));
        } else if (!context.request().method().equals(HttpMethod.POST)) {
            context.response().putHeader(HttpHeaders.ALLOW, "POST");
            Call.refuse(
                    context, Refusal.of(Status.Code.UNKNOWN, NOT_ALLOWED, "methods of the service take POST alone"));
        } else {
            method.handle(context);
        }
    }
}

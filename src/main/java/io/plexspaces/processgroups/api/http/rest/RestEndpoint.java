package io.plexspaces.processgroups.api.http.rest;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.plexspaces.processgroups.api.ApiSettings;
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.api.Operations;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonAnswers;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.api.format.UrlQuery;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Calls;
import io.plexspaces.processgroups.api.http.call.Failures;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.api.http.stream.EventStreams;
import io.plexspaces.processgroups.api.http.stream.StreamFormat;
import io.plexspaces.processgroups.core.UseCase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The short paths: {@code /v1/{tenant}/{namespace}/{group}/…}. */
@Singleton
final class RestEndpoint {
    private static final String PREFIX = "/v1/";
    private static final String EVENTS = "events";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    /** Of requests whose body nobody reads. */
    private static final int NO_BODY = 1024;

    private static final int ANSWER_BYTES = 256;

    private final Calls calls;
    private final EventStreams streams;
    private final List<Route> routes;

    RestEndpoint(Calls calls, EventStreams streams) {
        this.calls = calls;
        this.streams = streams;
        this.routes =
                routes(new Operations(calls.service().groups()), calls.service().settings());
    }

    private List<Route> routes(Operations operations, ApiSettings settings) {
        int json = JsonText.maxRequestBytes(settings);
        Batch batch = new Batch(operations.publish(), json);
        return List.of(
                read("", 2, RestRequests.OF_LIST, operations.list(), RestRequests::list),
                new Route(
                        "PUT",
                        3,
                        "",
                        List.of(),
                        json,
                        (call, at) -> call.execute(
                                operations.create(),
                                () -> RestRequests.create(at, call.body()),
                                answer -> answer(call, CREATED, answer))),
                new Route(
                        "DELETE",
                        3,
                        "",
                        List.of(),
                        NO_BODY,
                        (call, at) -> call.execute(
                                operations.delete(),
                                () -> RestRequests.delete(at),
                                answer -> answer(call, OK, answer))),
                read("members", 3, RestRequests.OF_MEMBERS, operations.members(), RestRequests::members),
                read("messages", 3, RestRequests.OF_FETCH, operations.fetch(), RestRequests::fetch),
                new Route(
                        "POST",
                        3,
                        "messages",
                        RestRequests.OF_PUBLISH,
                        settings.maxRequestBytes(),
                        (call, at) -> call.execute(
                                operations.publish(),
                                () -> RestRequests.publish(at, query(call, RestRequests.OF_PUBLISH), call.body()),
                                answer -> answer(call, OK, answer))),
                new Route("POST", 3, "batch", List.of(), batch.maxBytes(), batch),
                new Route("GET", 3, EVENTS, RestRequests.OF_EVENTS, NO_BODY, this::events));
    }

    private static <Q extends Message, A extends Message> Route read(
            String tail,
            int names,
            List<String> parameters,
            Operation<Q, A> operation,
            BiFunction<Route.Names, UrlQuery, Q> request) {
        return new Route(
                "GET",
                names,
                tail,
                parameters,
                NO_BODY,
                (call, at) -> call.execute(
                        operation,
                        () -> request.apply(at, query(call, parameters)),
                        answer -> answer(call, OK, answer)));
    }

    /**
     * A browser's {@code EventSource} comes back after a stream that ends, and never after an answer that is none (HTML
     * Standard, 9.2): so it gets a stream of one event, where it should come back.
     */
    private static final Failures AS_STREAM = (call, why) -> {
        String accept = call.http().request().getHeader(HttpHeaders.ACCEPT);
        boolean comesBack =
                switch (why.code()) {
                    case UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED -> true;
                    default -> false;
                };
        if (comesBack && accept != null && accept.contains(StreamFormat.SSE.mediaType())) {
            call.answer(OK, StreamFormat.SSE.mediaType(), StreamFormat.SSE.end(why));
        } else {
            Failures.BY_STATUS.tell(call, why);
        }
    };

    private static UrlQuery query(Call call, List<String> parameters) {
        return UrlQuery.read(call.http().request().query(), parameters);
    }

    private static void answer(Call call, int status, Message answer) {
        EventBuffer json = new EventBuffer(0, ANSWER_BYTES + 2 * answer.getSerializedSize());
        JsonAnswers.write(answer, json);
        json.write('\n');
        call.answer(status, Call.JSON, json.bytes());
    }

    private void events(Call call, Route.Names at) {
        String last = call.http().request().getHeader("Last-Event-ID");
        streams.begin(
                call,
                StreamFormat.SSE,
                UseCase.JOIN,
                of -> of.subscribe(
                        call.requests(),
                        RestRequests.events(at, call.http().request().query(), last)));
    }

    void register(@Observes Router router) {
        router.route(PREFIX + "*").handler(this::handle);
    }

    /** All of them. */
    List<Route> routes() {
        return routes;
    }

    private void handle(RoutingContext context) {
        List<String> segments = segments(context.normalizedPath().substring(PREFIX.length()));
        List<Route> here = routes.stream().filter(route -> route.isAt(segments)).toList();
        if (here.isEmpty()) {
            Call.refuse(
                    context,
                    Refusal.of(
                            Status.Code.NOT_FOUND,
                            NOT_FOUND,
                            "there is nothing at this path: /openapi describes those that there are"));
            return;
        }
        String method = context.request().method().name();
        for (Route route : here) {
            if (route.method().equals(method)) {
                begin(context, route, segments);
                return;
            }
        }
        String allowed = here.stream().map(Route::method).collect(Collectors.joining(", "));
        context.response().putHeader(HttpHeaders.ALLOW, allowed);
        Call.refuse(context, Refusal.of(Status.Code.UNKNOWN, NOT_ALLOWED, "this path takes " + allowed));
    }

    private void begin(RoutingContext context, Route route, List<String> segments) {
        Failures failures = route.tail().equals(EVENTS) ? AS_STREAM : Failures.BY_STATUS;
        calls.accept(context, route.maxBytes(), failures, call -> {
            if (route.parameters().isEmpty()) {
                query(call, route.parameters());
            }
            route.action().answer(call, route.names(segments));
        });
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            // In a path, + is a character like others.
            segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
        return segments;
    }
}

package io.plexspaces.processgroups.api.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * What every request of the HTTP port passes first: it is known to the {@link RequestGuard} of its connection, and
 * it is for this server.
 */
@Singleton
final class RequestFilter {
    /** Before all others. */
    private static final int PRIORITY = 100_000;

    private static final int FORBIDDEN = 403;

    private final Origins origins;

    RequestFilter(HttpSettings settings) {
        origins = new Origins(settings.allowedOrigins(), settings.host());
    }

    void register(@Observes Filters filters) {
        filters.register(this::pass, PRIORITY);
    }

    private void pass(RoutingContext context) {
        HttpServerRequest request = context.request();
        RequestGuard guard = RequestGuard.of(request.connection());
        if (guard != null && !begin(guard, context)) {
            return;
        }
        if (!isUpgrade(request) && !origins.isOwn(request.getHeader(HttpHeaders.HOST))) {
            context.response()
                    .setStatusCode(FORBIDDEN)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .end("the header Host names a host that is not this machine: if it leads here, add its origin"
                            + " to processgroups.websocket.allowed-origins\n");
        } else {
            context.next();
        }
    }

    private static boolean begin(RequestGuard guard, RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() == HttpVersion.HTTP_2) {
            // It has many requests on one connection, and its own ways to hold its peer back.
            guard.leave();
            return true;
        }
        boolean whole = !hasBody(request.headers());
        if (!guard.begun(whole)) {
            return false;
        }
        if (guard.isForOneAnswer()) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        context.addEndHandler(ended -> guard.answered(whole));
        return true;
    }

    private static boolean hasBody(MultiMap headers) {
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return headers.contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    /** Its origin is checked when it is upgraded, and who sends none is no browser. */
    private static boolean isUpgrade(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.UPGRADE);
    }
}

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
 * What every request of the HTTP listeners passes first: it is known to the {@link RequestGuard} of its connection, it
 * is for this server, what it asks for is on the listener that it came to, and the page that sends it may call.
 */
@Singleton
final class RequestFilter {
    /** Before all others. */
    private static final int PRIORITY = 100_000;

    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final Origins origins;
    private final ManagementListener management;

    private final Cors cors;

    /** Of requests to the management listener. */
    private final Origins managers;

    RequestFilter(HttpSettings settings, ManagementListener management) {
        ManagementSettings own = settings.management();
        this.origins = new Origins(settings.allowedOrigins(), settings.host());
        this.managers = own == null ? origins : new Origins(settings.allowedOrigins(), own.host());
        this.management = management;
        this.cors = new Cors(origins);
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
        boolean isOwn = management.has(context)
                ? managers.isOwn(request.getHeader(HttpHeaders.HOST))
                : isUpgrade(request) || origins.isOwn(request.getHeader(HttpHeaders.HOST));
        String elsewhere = management.complaint(context);
        if (!isOwn) {
            refuse(
                    context,
                    FORBIDDEN,
                    "the header Host names a host that is not this machine: if it leads here, add its origin"
                            + " to processgroups.websocket.allowed-origins");
        } else if (elsewhere != null) {
            refuse(context, NOT_FOUND, elsewhere);
        } else if (cors.pass(context)) {
            context.next();
        }
    }

    private static void refuse(RoutingContext context, int status, String sentence) {
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(sentence + "\n");
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
        Arrival arrival = Arrival.of(context, guard, whole);
        context.addEndHandler(ended -> guard.answered(arrival.isWhole()));
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

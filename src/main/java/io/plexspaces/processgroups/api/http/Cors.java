package io.plexspaces.processgroups.api.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may call the service (Fetch Standard, 3.2): those that may open WebSockets. Others are refused before
 * anything is done for them, as a browser sends some requests whether or not it will show their answers.
 */
final class Cors {
    private static final String DESCRIPTION = "/openapi";
    private static final int FORBIDDEN = 403;
    private static final int NO_CONTENT = 204;
    private static final String MAX_AGE_SECONDS = "600";
    private static final String REFUSED = "{\"code\":\"permission_denied\",\"message\":\"pages of this origin may not"
            + " call: add it to processgroups.websocket.allowed-origins\"}";

    private final Origins origins;

    Cors(Origins origins) {
        this.origins = origins;
    }

    /** Whether the request goes on; else it is answered. */
    boolean pass(RoutingContext context) {
        if (!isCall(context.normalizedPath())) {
            return true;
        }
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response().putHeader("X-Content-Type-Options", "nosniff");
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (!accepts(request, origin, context.normalizedPath().equals(DESCRIPTION))) {
            response.setStatusCode(FORBIDDEN)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(REFUSED);
            return false;
        }
        if (origin == null) {
            return true;
        }
        response.putHeader(HttpHeaders.VARY, "Origin")
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After, WWW-Authenticate, Allow");
        if (request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)) {
            allow(request, response);
            return false;
        }
        return true;
    }

    private static boolean isCall(String path) {
        return path.startsWith("/v1/")
                || path.startsWith("/plexspaces.processgroups.v1.ProcessGroupService/")
                || path.equals(DESCRIPTION);
    }

    /** A page may have its browser send some requests without saying where it is from; then the browser says so. */
    private boolean accepts(HttpServerRequest request, @Nullable String origin, boolean isDescription) {
        String host = request.getHeader(HttpHeaders.HOST);
        boolean untold = origin == null && "cross-site".equals(request.getHeader("Sec-Fetch-Site"));
        // The description may be linked to. What changes something may not: a page could have it in a frame.
        boolean visited = isDescription && "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
        return origins.accept(untold && !visited ? "null" : origin, host);
    }

    private static void allow(HttpServerRequest request, HttpServerResponse response) {
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE")
                .putHeader(
                        HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
                        "Authorization, Content-Type, Connect-Protocol-Version, Connect-Timeout-Ms, Last-Event-ID,"
                                + " traceparent, tracestate")
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        if ("true".equals(request.getHeader("Access-Control-Request-Private-Network"))) {
            response.putHeader("Access-Control-Allow-Private-Network", "true");
        }
        response.setStatusCode(NO_CONTENT).end();
    }
}

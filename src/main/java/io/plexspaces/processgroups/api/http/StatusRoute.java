package io.plexspaces.processgroups.api.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The status of this node, which the console shows: where metrics are, and to whoever sees these. */
@Singleton
final class StatusRoute {
    static final String PATH = "/console/status";

    private final NodeStatus status;
    private final ConsoleSettings settings;

    StatusRoute(NodeStatus status, ConsoleSettings settings) {
        this.status = status;
        this.settings = settings;
    }

    void register(@Observes Router router) {
        if (settings.served()) {
            router.get(PATH).handler(this::send);
        }
    }

    private void send(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(Buffer.buffer(status.json()));
    }
}

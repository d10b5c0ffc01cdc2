package io.plexspaces.processgroups.api.http.rest;

import io.plexspaces.processgroups.api.http.call.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Serves the document that describes the paths, {@code /openapi}. It is the same for everybody, and names nobody. */
@Singleton
final class OpenApiEndpoint {
    private final Buffer document;

    OpenApiEndpoint(RestEndpoint paths) {
        document = Buffer.buffer(new OpenApi(paths.routes()).json());
    }

    void register(@Observes Router router) {
        router.get("/openapi").handler(context -> context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, Call.JSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .end(document));
    }
}

package io.plexspaces.processgroups.api.http.connect;

import io.vertx.ext.web.RoutingContext;

/** How one method of the service is served. */
interface ConnectMethod {
    /** Takes a POST of it, on the event loop of its connection. */
    void handle(RoutingContext context);
}

package io.plexspaces.processgroups.api.http;

import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The listener for those who run the server: health and metrics are there alone, where it is there. Its requests take
 * the way of all others, and so have the same bounds.
 */
@Singleton
final class ManagementListener {
    /** Of the platform: all that is not for clients. */
    private static final String PATH = "/q/";

    /** Of the API: WebSockets, and calls. */
    private static final String SESSIONS = "/ws";

    private static final String CALLS = "/plexspaces.processgroups.v1.ProcessGroupService/";

    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LISTENS_WITHIN = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final @Nullable ManagementSettings settings;
    private final ConsoleSettings console;
    private final List<HttpServerOptionsCustomizer> bounds;
    private volatile @Nullable HttpServer server;

    /** @param bounds that the platform's own listeners get */
    ManagementListener(
            Vertx vertx,
            HttpSettings settings,
            ConsoleSettings console,
            @All List<HttpServerOptionsCustomizer> bounds) {
        this.bounds = bounds;
        this.vertx = vertx;
        this.settings = settings.management();
        this.console = console;
    }

    /** On the thread that starts the server, which waits for it: a start without it would be none. */
    void open(@Observes StartupEvent started, Router router) {
        ManagementSettings wished = settings;
        if (wished == null) {
            return;
        }
        HttpServer made = vertx.createHttpServer(options(wished)).requestHandler(router);
        try {
            made.listen(wished.port(), wished.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LISTENS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw new ConfigurationException("processgroups.management.port = " + wished.port()
                    + " cannot be listened on at processgroups.management.host = " + wished.host() + ": "
                    + cause.getMessage());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return;
        }
        server = made;
    }

    /** As those of the listener for clients: HTTP/1.1 alone, and no compression. */
    private HttpServerOptions options(ManagementSettings wished) {
        HttpServerOptions options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setIdleTimeout(Math.toIntExact(IDLE.toSeconds()));
        bounds.forEach(each -> each.customizeHttpServer(options));
        if (wished.encrypt() != null) {
            wished.encrypt().accept(options);
        }
        return options;
    }

    /** Where it listens; null: nowhere. */
    @Nullable
    Integer port() {
        HttpServer present = server;
        return present == null ? null : present.actualPort();
    }

    /** Whether a request came to it. */
    boolean has(RoutingContext context) {
        Integer port = port();
        return port != null && context.request().localAddress().port() == port;
    }

    /** What to say of a request that came to another listener than what it asks for is on; null: it did not. */
    @Nullable
    String complaint(RoutingContext context) {
        if (settings == null) {
            return null;
        }
        // Requests are routed by this form of the path.
        String path = context.normalizedPath();
        boolean isForManagers = path.startsWith(PATH) || Pages.isConsole(path);
        if (has(context)) {
            return isForManagers || isOfConsole(path) ? null : hereIsOnly();
        }
        return isForManagers
                ? "health, metrics and the console are on a listener of their own, processgroups.management.port"
                : null;
    }

    /** What the page of the console calls: of the same origin, as it may connect to no other. */
    private boolean isOfConsole(String path) {
        return console.served() && (path.equals(SESSIONS) || path.startsWith(SESSIONS + "/") || path.startsWith(CALLS));
    }

    private String hereIsOnly() {
        return "here are only /q/health and /q/metrics" + (console.served() ? ", and /console/" : "");
    }

    @PreDestroy
    void close() {
        HttpServer present = server;
        if (present != null) {
            present.close();
        }
    }
}

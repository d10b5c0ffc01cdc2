package io.plexspaces.processgroups.api.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;

/**
 * What browsers open on this server: the example, and the console. A page of another origin would be refused, so they
 * come from the server's own ports.
 */
@Singleton
final class Pages {
    static final String CHAT = "/examples/chat.html";
    static final String CONSOLE = "/console/";

    private static final String CONSOLE_WITHOUT_SLASH = "/console";
    private static final int MOVED = 308;
    private static final String OF_CONSOLE = "pages/console/";
    private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/dist/";

    /** Names under {@link #CONSOLE}, to resources. */
    private static final Map<String, String> FILES = Map.of(
            "console.css", OF_CONSOLE + "console.css",
            "console.js", OF_CONSOLE + "console.js",
            "api.js", OF_CONSOLE + "api.js",
            "list.js", OF_CONSOLE + "list.js",
            "live.js", OF_CONSOLE + "live.js",
            "group.js", OF_CONSOLE + "group.js",
            "node.js", OF_CONSOLE + "node.js",
            "uplot.js", UPLOT + "uPlot.iife.min.js",
            "uplot.css", UPLOT + "uPlot.min.css");

    private final ConsoleSettings console;

    Pages(ConsoleSettings console) {
        this.console = console;
    }

    void register(@Observes Router router) {
        router.get(CHAT).handler(Page.alone("pages/chat.html")::send);
        if (console.served()) {
            router.get(CONSOLE).handler(Page.withFiles(OF_CONSOLE + "index.html")::send);
            FILES.forEach((name, resource) -> router.get(CONSOLE + name).handler(Page.file(resource)::send));
            router.get(CONSOLE_WITHOUT_SLASH).handler(context -> context.response()
                    .setStatusCode(MOVED)
                    .putHeader(HttpHeaders.LOCATION, CONSOLE)
                    .end());
        }
    }

    /** Whether a path, in the form that requests are routed by, is one of the console's. */
    static boolean isConsole(String path) {
        return path.equals(CONSOLE_WITHOUT_SLASH) || path.startsWith(CONSOLE);
    }
}

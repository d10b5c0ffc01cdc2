package io.plexspaces.processgroups.api.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What stands at {@code /}: where everything is that can be opened. For people a page, for programs JSON. */
@Singleton
final class StartPage {
    private static final String PATH = "/";

    private final @Nullable ManagementSettings management;
    private final ManagementListener listener;
    private final ConsoleSettings console;

    private record Place(String name, String where, String what) {}

    StartPage(HttpSettings settings, ManagementListener listener, ConsoleSettings console) {
        this.management = settings.management();
        this.listener = listener;
        this.console = console;
    }

    void register(@Observes Router router) {
        router.get(PATH).handler(this::send);
    }

    private void send(RoutingContext context) {
        String accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        if (accepted != null && accepted.startsWith("application/json")) {
            JsonObject links = new JsonObject().put("name", "Process Groups");
            places().forEach(place -> links.put(place.name(), place.where()));
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(links.toBuffer());
        } else {
            Page.inline(Buffer.buffer(html())).send(context);
        }
    }

    private List<Place> places() {
        String managed = forManagers();
        List<Place> places = new ArrayList<>();
        if (console.served()) {
            places.add(new Place("console", managed + Pages.CONSOLE, "groups, live streams, and this node"));
        }
        places.add(new Place("chat", Pages.CHAT, "an example: a chat room in one page; open it in two tabs"));
        places.add(new Place("health", managed + "/q/health", "whether the server is alive, and ready"));
        places.add(new Place("metrics", managed + "/q/metrics", "for Prometheus"));
        places.add(new Place("openapi", "/openapi", "what can be called over HTTP"));
        places.add(new Place("websocket", "/ws/{tenant}/{namespace}/{group}?actor=…", "subscribes at once"));
        places.add(new Place("sessions", "/ws", "the session protocol, for everything a client can do"));
        return places;
    }

    /** What paths for those who run the server begin with. */
    private String forManagers() {
        Integer port = listener.port();
        ManagementSettings own = management;
        if (own == null || port == null) {
            return "";
        }
        return (own.encrypt() == null ? "http://" : "https://") + own.host() + ":" + port;
    }

    private String html() {
        String list = places().stream().map(StartPage::item).collect(Collectors.joining("\n"));
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Process Groups</title>
                <link rel="icon" href="data:,">
                <style>
                :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
                body { max-width: 44rem; margin: 0 auto; padding: 1rem }
                code { overflow-wrap: anywhere }
                dt { margin-top: .75rem; font-weight: 600 }
                dd { margin: 0 }
                </style>
                </head>
                <body>
                <h1>Process Groups</h1>
                <p>This server is running. What it has:</p>
                <dl>
                %s
                </dl>
                <p>The documentation is in the folder <code>docs</code> of the project.</p>
                </body>
                </html>
                """.formatted(list);
    }

    private static String item(Place place) {
        String where = place.where().replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
        boolean isLink = !place.name().equals("websocket") && !place.name().equals("sessions");
        return "<dt>" + (isLink ? "<a href=\"" + where + "\">" + where + "</a>" : "<code>" + where + "</code>")
                + "</dt><dd>" + place.what() + "</dd>";
    }
}

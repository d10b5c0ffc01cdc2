package io.plexspaces.processgroups.api.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The example that browsers open from the server's own port: a page of another origin would be refused. It is held in
 * memory, and may run its own script and style and connect to this server, and nothing else.
 */
@Singleton
final class Pages {
    static final String CHAT = "/examples/chat.html";

    private static final String RESOURCE = "pages/chat.html";
    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);
    private static final int NOT_MODIFIED = 304;

    private final Buffer body;
    private final String policy;
    private final String tag;

    Pages() {
        String page = read(RESOURCE);
        body = Buffer.buffer(page);
        policy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'; script-src '"
                + digest(inside(SCRIPT, page)) + "'; style-src '" + digest(inside(STYLE, page)) + "'";
        tag = '"' + digest(page) + '"';
    }

    void register(@Observes Router router) {
        router.get(CHAT).handler(this::send);
    }

    private void send(RoutingContext context) {
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.ETAG, tag)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("Content-Security-Policy", policy)
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (tag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(NOT_MODIFIED).end();
        } else {
            response.putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
                    .end(body);
        }
    }

    private static String read(String resource) {
        try (InputStream found = Pages.class.getClassLoader().getResourceAsStream(resource)) {
            if (found == null) {
                throw new IllegalStateException("the page " + resource + " is not in the application");
            }
            return new String(found.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String inside(Pattern element, String page) {
        Matcher found = element.matcher(page);
        if (!found.find()) {
            throw new IllegalStateException("the page has no " + element);
        }
        return found.group(1);
    }

    /** As a policy names what may run. */
    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}

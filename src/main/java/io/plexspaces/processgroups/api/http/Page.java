package io.plexspaces.processgroups.api.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
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
 * A file that browsers get. It is held in memory, and sent once to a browser that has it. What it may run and connect
 * to is said with it; nothing may show it in a frame.
 */
final class Page {
    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);
    private static final int NOT_MODIFIED = 304;
    private static final String POLICY = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";

    private final Buffer body;
    private final String type;
    private final String policy;
    private final String tag;

    private Page(Buffer body, String type, String policy) {
        this.body = body;
        this.type = type;
        this.policy = policy;
        tag = '"' + digest(body.getBytes()) + '"';
    }

    /** It may run the script and show the style that are inside it, and connect to this server. */
    static Page alone(String resource) {
        Buffer body = read(resource);
        return inline(body);
    }

    /** The same for one that is made here. */
    static Page inline(Buffer body) {
        String text = body.toString(StandardCharsets.UTF_8);
        return new Page(
                body,
                "text/html; charset=utf-8",
                POLICY + inside("script-src", SCRIPT, text) + inside("style-src", STYLE, text));
    }

    /** It may run scripts and show styles that this server sends, and connect to this server. */
    static Page withFiles(String resource) {
        return new Page(read(resource), "text/html; charset=utf-8", POLICY + "; script-src 'self'; style-src 'self'");
    }

    /** A script or style, by the end of its name. */
    static Page file(String resource) {
        String type = resource.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
        return new Page(read(resource), type, "default-src 'none'");
    }

    void send(RoutingContext context) {
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.ETAG, tag)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("Content-Security-Policy", policy)
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("X-Content-Type-Options", "nosniff");
        if (tag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(NOT_MODIFIED).end();
        } else {
            response.putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
        }
    }

    private static Buffer read(String resource) {
        try (InputStream found = Page.class.getClassLoader().getResourceAsStream(resource)) {
            if (found == null) {
                throw new IllegalStateException("the file " + resource + " is not in the application");
            }
            return Buffer.buffer(found.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What of its own it may use; nothing, if it has none. */
    private static String inside(String directive, Pattern element, String page) {
        Matcher found = element.matcher(page);
        return found.find()
                ? "; " + directive + " '" + digest(found.group(1).getBytes(StandardCharsets.UTF_8)) + "'"
                : "";
    }

    /** As a policy names what may run. */
    private static String digest(byte[] bytes) {
        try {
            return "sha256-"
                    + Base64.getEncoder()
                            .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}

package io.plexspaces.processgroups.cli.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which server, and as whom.
 *
 * @param server with {@code http} or {@code https}, and without a slash at its end
 * @param actor empty: none was named
 * @param token null: none
 * @param authority file of the certificates that are trusted; null: those of the platform
 * @param timeout of connecting, and of waiting for an answer
 */
public record Target(
        URI server,
        String tenant,
        String namespace,
        String actor,
        @Nullable String token,
        @Nullable Path authority,
        Duration timeout) {
    public static final String DEFAULT_SERVER = "http://127.0.0.1:8080";

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /**
     * @param text {@code http://host:port}, {@code https://host:port}, or {@code host:port} for the first
     * @throws Failure it is none of these
     */
    public static URI address(String text) {
        String whole = text.contains("://") ? text : "http://" + text;
        try {
            URI uri = new URI(whole.endsWith("/") ? whole.substring(0, whole.length() - 1) : whole);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw unreadable(text);
            }
            if (uri.getRawUserInfo() != null) {
                throw Failure.usage(
                        "the address of a server holds no user or password: give a token with --token-file");
            }
            return switch (scheme) {
                case "http", "https" -> uri;
                case "ws" -> throw otherScheme(text, "http", uri);
                case "wss" -> throw otherScheme(text, "https", uri);
                default ->
                    throw Failure.usage("--server " + text + " begins with " + scheme
                            + "://: pg speaks HTTP, so give the HTTP port as http://HOST:PORT or https://HOST:PORT");
            };
        } catch (URISyntaxException unreadable) {
            throw unreadable(text);
        }
    }

    private static Failure otherScheme(String text, String scheme, URI uri) {
        return Failure.usage("--server " + text + " is the address of a WebSocket: give it as " + scheme + "://"
                + uri.getRawAuthority());
    }

    private static Failure unreadable(String text) {
        return Failure.usage("--server " + text + " is no address: give one such as " + DEFAULT_SERVER);
    }

    /** Whether it is reached by TLS. */
    public boolean isTls() {
        return "https".equalsIgnoreCase(server.getScheme());
    }

    /** Of the server, also where the address names none. */
    public int port() {
        return server.getPort() >= 0 ? server.getPort() : isTls() ? HTTPS : HTTP;
    }

    /** Host and port, for sentences. */
    public String place() {
        return server.getHost() + ":" + port();
    }

    /** The same as another actor. */
    public Target as(String other) {
        return new Target(server, tenant, namespace, other, token, authority, timeout);
    }
}

package io.plexspaces.processgroups.api.websocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may connect. A browser lets every page open a WebSocket to any server and sends only the page's origin,
 * so without this check any site could use the access a visitor has.
 */
final class Origins {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> allowed;

    /** @param allowed as browsers send them; {@code *}: all */
    Origins(Set<String> allowed) {
        this.allowed = allowed;
    }

    /**
     * @param origin the Origin header; null: not a browser
     * @param host the Host header
     */
    boolean accept(@Nullable String origin, @Nullable String host) {
        if (origin == null || allowed.contains("*") || allowed.contains(origin)) {
            return true;
        }
        URI from;
        try {
            from = new URI(origin);
        } catch (URISyntaxException malformed) {
            return false;
        }
        if (from.getHost() == null || from.getScheme() == null) {
            return false;
        }
        return LOOPBACK.contains(from.getHost().toLowerCase(Locale.ROOT)) || isSameHost(from, host);
    }

    private static boolean isSameHost(URI origin, @Nullable String host) {
        if (host == null) {
            return false;
        }
        String defaultPort = origin.getScheme().equalsIgnoreCase("https") ? ":443" : ":80";
        return withoutPort(origin.getRawAuthority(), defaultPort).equalsIgnoreCase(withoutPort(host, defaultPort));
    }

    private static String withoutPort(String authority, String port) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }
}

package io.plexspaces.processgroups.api.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may connect. A browser lets every page open a WebSocket to any server and tells only the page's origin,
 * so without this check any site could use the access a visitor has.
 *
 * <p>That a page and its server have one name proves nothing: whoever owns a name can have it lead anywhere once his
 * page is loaded, to a server that lets everybody in too. So a name is the server's own only if it is configured, or
 * means the visitor's machine; an address is, as it leads nowhere else.
 */
public final class Origins {
    private final boolean all;
    private final boolean onLoopback;
    private final Set<String> allowed;
    private final Set<String> hosts;

    /**
     * @param allowed as browsers send them, with or without the port that their scheme has anyway; {@code *}: all
     * @param listener what the server listens on, a name or an address
     */
    public Origins(Set<String> allowed, String listener) {
        this.all = allowed.contains("*");
        this.onLoopback = Hosts.isLoopback(listener.toLowerCase(Locale.ROOT));
        this.allowed = allowed.stream().map(Origins::plain).collect(Collectors.toUnmodifiableSet());
        this.hosts = this.allowed.stream()
                .filter(origin -> origin.contains("://"))
                .map(origin -> Hosts.name(origin.substring(origin.indexOf("://") + 3)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether a page may connect.
     *
     * @param origin the Origin header; null: not a browser
     * @param host the Host header
     */
    public boolean accept(@Nullable String origin, @Nullable String host) {
        if (origin == null || all || allowed.contains(plain(origin))) {
            return true;
        }
        URI from = read(origin);
        if (from == null) {
            return false;
        }
        if (Hosts.isLoopback(Hosts.name(from.getHost()))) {
            return !onLoopback || isOwn(host);
        }
        return !onLoopback
                && host != null
                && Hosts.isNumber(Hosts.name(host))
                && withoutPort(from.getRawAuthority(), port(from)).equalsIgnoreCase(withoutPort(host, port(from)));
    }

    /**
     * Whether a request may be for this server, going by the name its client has for it: a page whose own name was made
     * to lead here gives that one. On loopback alone, as elsewhere nobody can know all names of a server.
     *
     * @param host the Host header; null: no browser sends a request without
     */
    public boolean isOwn(@Nullable String host) {
        return host == null
                || all
                || !onLoopback
                || Hosts.isLoopback(Hosts.name(host))
                || hosts.contains(Hosts.name(host));
    }

    /** As browsers write it. */
    private static String plain(String origin) {
        URI from = read(origin);
        return (from == null ? origin : withoutPort(origin, port(from))).toLowerCase(Locale.ROOT);
    }

    private static @Nullable URI read(String origin) {
        try {
            URI from = new URI(origin);
            return from.getHost() == null || from.getScheme() == null ? null : from;
        } catch (URISyntaxException malformed) {
            return null;
        }
    }

    /** The one that is left out. */
    private static String port(URI origin) {
        return origin.getScheme().equalsIgnoreCase("https") ? ":443" : ":80";
    }

    private static String withoutPort(String authority, String port) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }
}

package io.plexspaces.processgroups.api.http;

import java.time.Duration;
import java.util.Set;

/**
 * What the HTTP port is configured with.
 *
 * @param host what it listens on, a name or an address
 * @param requestTimeout how long a request may take to come whole, &gt; 0
 * @param allowedOrigins that browsers may connect from beside the server's own, as they send them; {@code *}: all
 */
public record HttpSettings(String host, Duration requestTimeout, Set<String> allowedOrigins) {
    public HttpSettings {
        allowedOrigins = Set.copyOf(allowedOrigins);
    }
}

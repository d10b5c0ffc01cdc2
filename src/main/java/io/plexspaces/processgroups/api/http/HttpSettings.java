package io.plexspaces.processgroups.api.http;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP listeners are configured with.
 *
 * @param host what the one for clients listens on, a name or an address
 * @param requestTimeout how long a request may take to come whole, &gt; 0
 * @param allowedOrigins that browsers may connect from beside the server's own, as they send them; {@code *}: all
 * @param management null: there is none but the one for clients
 */
public record HttpSettings(
        String host,
        Duration requestTimeout,
        Set<String> allowedOrigins,
        @Nullable ManagementSettings management) {
    public HttpSettings {
        allowedOrigins = Set.copyOf(allowedOrigins);
    }
}

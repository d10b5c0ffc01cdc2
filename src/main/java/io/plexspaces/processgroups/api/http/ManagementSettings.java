package io.plexspaces.processgroups.api.http;

import io.vertx.core.http.HttpServerOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A listener of its own for those who run the server.
 *
 * @param host what it listens on, a name or an address
 * @param port one that no other listener has; 0: any
 * @param encrypt has it speak TLS; null: it speaks plain text
 */
public record ManagementSettings(
        String host, int port, @Nullable Consumer<HttpServerOptions> encrypt) {}

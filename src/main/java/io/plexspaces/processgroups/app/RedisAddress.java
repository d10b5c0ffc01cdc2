package io.plexspaces.processgroups.app;

import io.quarkus.arc.InjectableInstance;
import io.quarkus.arc.Unremovable;
import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is and how to connect, as the platform's {@code quarkus.redis} keys say: hosts, kind, credentials, TLS.
 */
@Singleton
@Unremovable
final class RedisAddress implements RedisOptionsCustomizer {
    private static final String DEFAULT = "<default>";

    private volatile @Nullable RedisOptions options;

    @Override
    public void customize(String clientName, RedisOptions given) {
        if (clientName.equals(DEFAULT)) {
            // A span for each command would cost more than the command.
            options = new RedisOptions(given.setTracingPolicy(TracingPolicy.IGNORE));
        }
    }

    /** @throws ConfigurationException when no address is configured */
    RedisOptions of(InjectableInstance<Redis> client) {
        if (client.getHandle().getBean().isActive()) {
            client.get();
        }
        RedisOptions known = options;
        if (known == null) {
            throw new ConfigurationException("processgroups.store = redis needs the address in quarkus.redis.hosts");
        }
        return known;
    }
}

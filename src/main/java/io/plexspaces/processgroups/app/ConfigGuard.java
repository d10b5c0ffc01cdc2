package io.plexspaces.processgroups.app;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import io.smallrye.config.common.utils.StringUtil;
import jakarta.annotation.Priority;
import java.net.URI;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every value of the service's own keys before it is converted. What is out of its range, or cannot be
 * converted, stops the start with a sentence that names the key, what it may be, and what it is; a conversion's own
 * complaint would not say what it may be. Addresses of the store are looked at, too: a conversion's complaint would
 * show the password in them.
 */
@Priority(Priorities.APPLICATION)
public final class ConfigGuard implements ConfigSourceInterceptor {
    static final String PREFIX = "processgroups.";

    private static final String STORE_HOSTS = "quarkus.redis.hosts";

    private static final long serialVersionUID = 1L;

    private static final Map<String, ConfigKey> KEYS =
            ConfigKey.all().stream().collect(Collectors.toMap(ConfigKey::name, Function.identity()));

    /** Called when the configuration is read. */
    public ConfigGuard() {}

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue found = context.proceed(name);
        ConfigKey key = name.startsWith(PREFIX) ? KEYS.get(name) : null;
        if (key != null && found != null && found.getValue() != null) {
            String complaint = key.complaint(found.getValue());
            if (complaint != null) {
                throw new IllegalArgumentException(complaint);
            }
        }
        if (name.equals(STORE_HOSTS) && found != null && found.getValue() != null) {
            for (String address : StringUtil.split(found.getValue())) {
                if (!isAddress(address.trim())) {
                    throw new IllegalArgumentException(
                            STORE_HOSTS + " must be addresses such as redis://host:6379, separated by"
                                    + " commas, and percent-encoded what is special in a password");
                }
            }
        }
        return found;
    }

    private static boolean isAddress(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null || "unix".equals(uri.getScheme());
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }
}

package io.plexspaces.processgroups.app;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every value of the service's own keys before it is converted. What is out of its range, or cannot be converted, stops the start with a sentence
 * that names the key, what it may be, and what it is; a conversion's own complaint would not say what it may be.
 */
@Priority(Priorities.APPLICATION)
public final class ConfigGuard implements ConfigSourceInterceptor {
    static final String PREFIX = "processgroups.";

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
        return found;
    }
}

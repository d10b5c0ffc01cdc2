package io.plexspaces.processgroups.app;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** With {@code processgroups.tls}, the platform's HTTP speaks TLS alone, unless its own keys say otherwise. */
@Priority(Priorities.APPLICATION + ListenerKeys.AFTER_THE_GUARD)
public final class ListenerKeys implements ConfigSourceInterceptor {
    static final String TLS = ConfigGuard.PREFIX + "tls";
    static final String INSECURE = "quarkus.http.insecure-requests";

    /** What the listeners' configuration is called in the platform's registry. */
    static final String CONFIGURATION = "processgroups-listeners";

    static final int AFTER_THE_GUARD = 10;

    private static final Map<String, String> WITH_TLS =
            Map.of("quarkus.http.tls-configuration-name", CONFIGURATION, INSECURE, "disabled");

    private static final long serialVersionUID = 1L;

    /** Called when the configuration is read. */
    public ListenerKeys() {}

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue found = context.proceed(name);
        String value = found == null ? WITH_TLS.get(name) : null;
        return value != null && isSet(context.proceed(TLS))
                ? ConfigValue.builder().withName(name).withValue(value).build()
                : found;
    }

    private static boolean isSet(@Nullable ConfigValue value) {
        return value != null && value.getValue() != null && !value.getValue().isBlank();
    }
}

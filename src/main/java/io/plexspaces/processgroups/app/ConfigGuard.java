package io.plexspaces.processgroups.app;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Expressions;
import io.smallrye.config.Priorities;
import io.smallrye.config.common.utils.StringUtil;
import jakarta.annotation.Priority;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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

    /** Of these keys, an empty list would mean no limits, and so let in more than was meant. */
    private static final String AUTHENTICATION = PREFIX + "auth.";

    /** Where {@code ${sub}} is meant for the rules, and no expression of the configuration. */
    private static final String ROLES = AUTHENTICATION + "roles.";

    private static final String STORE_HOSTS = "quarkus.redis.hosts";

    private static final long serialVersionUID = 1L;

    private static final Map<String, ConfigKey> KEYS =
            ConfigKey.all().stream().collect(Collectors.toMap(ConfigKey::name, Function.identity()));

    /** Called when the configuration is read. */
    public ConfigGuard() {}

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue found = name.startsWith(ROLES)
                ? Expressions.withoutExpansion(() -> context.proceed(name))
                : context.proceed(name);
        if (found != null) {
            check(name, found.getValue());
        }
        return found;
    }

    /** Keys that are none stop the start, unless they are variables of the environment, which others may have set. */
    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
        List<String> names = new ArrayList<>();
        context.iterateNames().forEachRemaining(names::add);
        List<String> complaints = UnknownKeys.complaints(names.stream()
                .filter(name -> name.startsWith(PREFIX) && !isOfEnvironment(context.proceed(name)))
                .toList());
        if (!complaints.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", complaints));
        }
        return names.iterator();
    }

    private static boolean isOfEnvironment(@Nullable ConfigValue value) {
        return value != null && String.valueOf(value.getConfigSourceName()).startsWith("EnvConfigSource");
    }

    /** @param value null: it is an expression of what there is not */
    private static void check(String name, @Nullable String value) {
        if (name.startsWith(PREFIX)) {
            checkOwn(name, value);
        } else if (name.equals(STORE_HOSTS) && value != null) {
            checkAddresses(value);
        }
    }

    private static void checkOwn(String name, @Nullable String value) {
        ConfigKey key = KEYS.get(ConfigKey.general(name));
        String complaint = key == null || value == null ? null : key.named(name).complaint(value);
        if (complaint != null) {
            throw new IllegalArgumentException(complaint);
        }
        if (name.startsWith(AUTHENTICATION) && (value == null || isNothing(value))) {
            throw new IllegalArgumentException(name + " must not be empty; it may be left out");
        }
    }

    private static void checkAddresses(String addresses) {
        for (String address : StringUtil.split(addresses)) {
            if (!isAddress(address.trim())) {
                throw new IllegalArgumentException(
                        STORE_HOSTS + " must be addresses such as redis://host:6379, separated by"
                                + " commas, and percent-encoded what is special in a password");
            }
        }
    }

    private static boolean isNothing(String value) {
        return value.chars().allMatch(c -> c == ',' || Character.isWhitespace(c));
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

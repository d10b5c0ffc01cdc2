package io.plexspaces.processgroups.app;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.common.utils.StringUtil;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One key of {@link ProcessGroupsConfig}.
 *
 * @param type of its values; of lists, that of the list
 * @param defaultValue null: none
 * @param range null: not a number
 */
record ConfigKey(
        String name,
        Class<?> type,
        @Nullable String defaultValue,
        @Nullable Range range) {
    /** What stands, in the keys of a map, for the name of a role and the number of one of its rules. */
    private static final String EACH_RULE = ".<role>[i].";

    /** What stands, in the keys of the other, for the name of a tenant. */
    private static final String EACH_TENANT = ".<tenant>.";

    private static final String TENANTS = ConfigGuard.PREFIX + "quotas.tenants";

    /** Every key, ordered by name. */
    static List<ConfigKey> all() {
        List<ConfigKey> keys = new ArrayList<>();
        collect(keys, ConfigGuard.PREFIX, ProcessGroupsConfig.class);
        keys.sort(Comparator.comparing(ConfigKey::name));
        return keys;
    }

    private static void collect(List<ConfigKey> keys, String prefix, Class<?> section) {
        for (Method method : section.getDeclaredMethods()) {
            WithName given = method.getAnnotation(WithName.class);
            String name = prefix + (given == null ? StringUtil.skewer(method.getName()) : given.value());
            Class<?> type = typeOf(method);
            if (type == Map.class && name.equals(TENANTS)) {
                collect(keys, name + EACH_TENANT, ProcessGroupsConfig.OwnQuota.class);
            } else if (type == Map.class) {
                collect(keys, name + EACH_RULE, ProcessGroupsConfig.RuleConfig.class);
            } else if (type.isInterface() && type.getEnclosingClass() == ProcessGroupsConfig.class) {
                collect(keys, name + ".", type);
            } else {
                WithDefault byDefault = method.getAnnotation(WithDefault.class);
                keys.add(new ConfigKey(
                        name, type, byDefault == null ? null : byDefault.value(), method.getAnnotation(Range.class)));
            }
        }
    }

    private static Class<?> typeOf(Method method) {
        if (method.getReturnType() != Optional.class) {
            return method.getReturnType();
        }
        String optional = method.getGenericReturnType().getTypeName();
        if (optional.endsWith("<" + Boolean.class.getName() + ">")) {
            return boolean.class;
        }
        return optional.endsWith("<" + String.class.getName() + ">") ? String.class : Optional.class;
    }

    /** The name under which a key is in {@link #all}: of a tenant's, the one that stands for those of all tenants. */
    static String general(String name) {
        return name.startsWith(TENANTS + ".")
                ? TENANTS + EACH_TENANT + name.substring(name.lastIndexOf('.') + 1)
                : name;
    }

    /** The same key of one tenant. */
    ConfigKey named(String one) {
        return new ConfigKey(one, type, defaultValue, range);
    }

    /** The environment variable that sets it. */
    String variable() {
        return name.replaceAll("[.\\-\\[\\]]", "_").toUpperCase(Locale.ROOT);
    }

    /** What it may be, as part of a sentence. */
    String allowed() {
        if (type == boolean.class) {
            return "true or false";
        } else if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(ConfigKey::written)
                    .collect(Collectors.joining(" or "));
        } else if (range == null) {
            return type == String.class ? "a text" : "a list";
        }
        String what = type == Duration.class ? "a time" : type == MemorySize.class ? "bytes" : "a number";
        return what + " from " + range.min() + " to " + range.max();
    }

    /** What is wrong with a value, as a sentence; null: nothing. */
    @Nullable
    String complaint(String value) {
        return isAllowed(value.trim())
                ? null
                : name + " must be " + allowed() + ", but is " + (value.isBlank() ? "empty" : value.trim());
    }

    private boolean isAllowed(String value) {
        if (type == boolean.class) {
            return value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
        } else if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .anyMatch(constant -> written(constant).equals(StringUtil.skewer(value)));
        } else if (range == null) {
            return type != String.class || !value.isEmpty();
        }
        BigInteger number = number(value);
        return number != null && isIn(range, number);
    }

    private boolean isIn(Range bounds, BigInteger number) {
        BigInteger min = number(bounds.min());
        BigInteger max = number(bounds.max());
        return min != null && max != null && number.compareTo(min) >= 0 && number.compareTo(max) <= 0;
    }

    /** Nanoseconds, bytes, or the number itself; null: it is none. */
    private @Nullable BigInteger number(String value) {
        try {
            if (type == MemorySize.class) {
                MemorySize size = new MemorySizeConverter().convert(value);
                return size == null ? null : size.asBigInteger();
            } else if (type == Duration.class) {
                Duration time = DurationConverter.parseDuration(value);
                return time == null
                        ? null
                        : BigInteger.valueOf(time.getSeconds())
                                .multiply(BigInteger.valueOf(1_000_000_000))
                                .add(BigInteger.valueOf(time.getNano()));
            }
            return new BigInteger(value);
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    private static String written(Object constant) {
        return StringUtil.skewer(((Enum<?>) constant).name());
    }
}

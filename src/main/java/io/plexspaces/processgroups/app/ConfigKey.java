package io.plexspaces.processgroups.app;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.WithDefault;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key of {@link ProcessGroupsConfig}.
 *
 * @param defaultValue null: none
 * @param range null: not a number
 * @param value as configured
 */
record ConfigKey(
        String name,
        @Nullable String defaultValue,
        @Nullable Range range,
        Object value) {

    /** Every key, ordered by name. */
    static List<ConfigKey> of(ProcessGroupsConfig config) {
        List<ConfigKey> keys = new ArrayList<>();
        collect(keys, "processgroups", ProcessGroupsConfig.class, config);
        keys.sort(Comparator.comparing(ConfigKey::name));
        return keys;
    }

    private static void collect(List<ConfigKey> keys, String prefix, Class<?> section, Object values) {
        for (Method method : section.getDeclaredMethods()) {
            String name = prefix + "." + hyphenated(method.getName());
            Object value = valueOf(method, values);
            if (method.getReturnType().getEnclosingClass() == ProcessGroupsConfig.class
                    && method.getReturnType().isInterface()) {
                collect(keys, name, method.getReturnType(), value);
            } else {
                WithDefault byDefault = method.getAnnotation(WithDefault.class);
                keys.add(new ConfigKey(
                        name, byDefault == null ? null : byDefault.value(), method.getAnnotation(Range.class), value));
            }
        }
    }

    private static Object valueOf(Method method, Object values) {
        try {
            method.setAccessible(true);
            return Objects.requireNonNull(method.invoke(values));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read the configuration: " + method, e);
        }
    }

    private static String hyphenated(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The environment variable that sets it. */
    String variable() {
        return name.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    /** What is wrong with its value, as a sentence; null: nothing. */
    @Nullable
    String complaint() {
        if (range == null) {
            return null;
        }
        BigInteger number = number(value);
        boolean inside = number.compareTo(parsed(range.min())) >= 0 && number.compareTo(parsed(range.max())) <= 0;
        return inside ? null : name + " must be from " + range.min() + " to " + range.max() + ", but is " + shown();
    }

    private String shown() {
        return value instanceof MemorySize size ? size.asBigInteger() + " bytes" : value.toString();
    }

    /** A bound in the unit of {@link #number}. */
    private BigInteger parsed(String bound) {
        if (value instanceof Duration) {
            return number(DurationConverter.parseDuration(bound));
        }
        return value instanceof MemorySize ? number(new MemorySizeConverter().convert(bound)) : new BigInteger(bound);
    }

    /** Nanoseconds, bytes, or the number itself. */
    private static BigInteger number(Object value) {
        if (value instanceof Duration duration) {
            return BigInteger.valueOf(duration.getSeconds())
                    .multiply(BigInteger.valueOf(1_000_000_000))
                    .add(BigInteger.valueOf(duration.getNano()));
        }
        return value instanceof MemorySize size
                ? size.asBigInteger()
                : BigInteger.valueOf(((Number) value).longValue());
    }
}

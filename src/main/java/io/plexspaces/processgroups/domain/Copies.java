package io.plexspaces.processgroups.domain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies of maps whose keys clients choose, for values that nobody changes. Making one, and looking a key up, take
 * their usual time whatever the keys are: {@link Map#copyOf} walks through all keys of one hash code one by one.
 */
public final class Copies {
    private Copies() {}

    /** In the same order. */
    public static <K extends Comparable<K>, V> Map<K, V> of(Map<K, V> map) {
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}

package io.plexspaces.processgroups.token;

import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.security.Key;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys with their names. */
record KeySet(List<Named> keys) {
    /** @param kid null: it has none */
    record Named(@Nullable String kid, Algorithm algorithm, Key key) {
        boolean isNamed(String other) {
            return other.equals(kid);
        }
    }

    KeySet {
        keys = List.copyOf(keys);
    }

    /**
     * The first one of that name, or for a token without one the only key that fits.
     *
     * @throws TokenRefused ALGORITHM: those of that name are of other families
     */
    Optional<Key> find(@Nullable String kid, Algorithm algorithm) {
        if (kid == null) {
            List<Key> fitting = all(algorithm);
            return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
        }
        List<Named> named = keys.stream().filter(key -> key.isNamed(kid)).toList();
        Optional<Key> found = named.stream()
                .filter(key -> key.algorithm() == algorithm)
                .map(Named::key)
                .findFirst();
        if (found.isEmpty() && !named.isEmpty()) {
            throw new TokenRefused(Reason.ALGORITHM);
        }
        return found;
    }

    List<Key> all(Algorithm algorithm) {
        return keys.stream()
                .filter(key -> key.algorithm() == algorithm)
                .map(Named::key)
                .toList();
    }

    boolean hasAllOf(KeySet other) {
        return new HashSet<>(keys).containsAll(other.keys);
    }
}

package io.plexspaces.processgroups.api.grpc;

import io.plexspaces.processgroups.domain.GroupException;
import org.jspecify.annotations.Nullable;

/**
 * A request as it arrived: read, or why it could not be.
 *
 * @param value null with a failure
 * @param failure null with a value
 * @param bytes of it; 0 with a failure
 */
record Parsed<T>(@Nullable T value, @Nullable GroupException failure, int bytes) {
    static <T> Parsed<T> of(T value, int bytes) {
        return new Parsed<>(value, null, bytes);
    }

    static <T> Parsed<T> failed(GroupException failure) {
        return new Parsed<>(null, failure, 0);
    }

    /** @throws GroupException when it could not be read */
    T get() {
        if (value == null) {
            throw failure == null ? GroupException.invalid("request", "is missing") : failure;
        }
        return value;
    }
}

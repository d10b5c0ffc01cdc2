package io.plexspaces.processgroups.log.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.core.ExecutableProvider;

/** Where a Redis server is found on this machine. */
public final class RedisBinaries {
    private RedisBinaries() {}

    /** {@code redis-server} or {@code valkey-server} of the PATH. */
    public static Optional<Path> installed() {
        return onPath("redis-server").or(() -> onPath("valkey-server"));
    }

    /** The same; without it the test is skipped, and says so. */
    public static Path required(String test) {
        return required(test, installed(), "redis-server or valkey-server");
    }

    /** {@code valkey-server} of the PATH; without it the test is skipped, and says so. */
    public static Path requiredValkey(String test) {
        return required(test, onPath("valkey-server"), "valkey-server");
    }

    /** {@code redis-cli} or {@code valkey-cli} of the PATH; without it the test is skipped, and says so. */
    public static Path requiredClient(String test) {
        return required(test, onPath("redis-cli").or(() -> onPath("valkey-cli")), "redis-cli or valkey-cli");
    }

    private static Path required(String test, Optional<Path> found, String what) {
        if (found.isEmpty()) {
            System.err.println("SKIPPED " + test + ": needs " + what + " on the PATH");
        }
        Assumptions.assumeTrue(found.isPresent(), "needs " + what + " on the PATH");
        return found.orElseThrow();
    }

    /** The server of version 6.2 that comes with a test dependency: present wherever the tests are. */
    public static Path embedded() {
        try {
            return ExecutableProvider.newJarResourceProvider().get().toPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> onPath(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}

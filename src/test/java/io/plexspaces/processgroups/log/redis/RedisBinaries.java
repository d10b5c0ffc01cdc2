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
        Optional<Path> installed = installed();
        if (installed.isEmpty()) {
            System.err.println("SKIPPED " + test + ": needs redis-server or valkey-server on the PATH");
        }
        Assumptions.assumeTrue(installed.isPresent(), "needs redis-server or valkey-server on the PATH");
        return installed.orElseThrow();
    }

    /** {@code redis-cli} or {@code valkey-cli} of the PATH; without it the test is skipped, and says so. */
    public static Path requiredClient(String test) {
        Optional<Path> client = onPath("redis-cli").or(() -> onPath("valkey-cli"));
        if (client.isEmpty()) {
            System.err.println("SKIPPED " + test + ": needs redis-cli or valkey-cli on the PATH");
        }
        Assumptions.assumeTrue(client.isPresent(), "needs redis-cli or valkey-cli on the PATH");
        return client.orElseThrow();
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

package io.plexspaces.processgroups.log.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A cluster of three masters. */
final class RedisClusterServers implements AutoCloseable {
    private static final int MASTERS = 3;

    private final List<RedisProcess> masters = new ArrayList<>();

    RedisClusterServers(Path server, Path client) {
        List<String> create = new ArrayList<>(List.of(client.toString(), "--cluster", "create"));
        for (int i = 0; i < MASTERS; i++) {
            RedisProcess master =
                    RedisProcess.start(server, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000");
            masters.add(master);
            create.add("127.0.0.1:" + master.port());
        }
        create.addAll(List.of("--cluster-replicas", "0", "--cluster-yes"));
        run(create);
        await().atMost(Duration.ofSeconds(60)).until(() -> masters.stream()
                .allMatch(master -> master.call("CLUSTER", "INFO").contains("cluster_state:ok")));
    }

    List<RedisProcess> masters() {
        return masters;
    }

    private static void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("failed: " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        masters.forEach(RedisProcess::close);
    }
}

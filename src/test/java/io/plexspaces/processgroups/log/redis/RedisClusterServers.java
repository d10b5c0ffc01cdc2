package io.plexspaces.processgroups.log.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A cluster of three masters, each with some replicas. */
public final class RedisClusterServers implements AutoCloseable {
    private static final int MASTERS = 3;

    private final List<RedisProcess> servers = new ArrayList<>();

    /** @param replicas of each master */
    public RedisClusterServers(Path server, Path client, int replicas) {
        List<String> create = new ArrayList<>(List.of(client.toString(), "--cluster", "create"));
        for (int i = 0; i < MASTERS * (1 + replicas); i++) {
            RedisProcess one = RedisProcess.start(server, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000");
            servers.add(one);
            create.add("127.0.0.1:" + one.port());
        }
        create.addAll(List.of("--cluster-replicas", Integer.toString(replicas), "--cluster-yes"));
        run(create);
        await().atMost(Duration.ofSeconds(60)).until(this::isComplete);
    }

    public String address() {
        return servers.get(servers.size() - 1).address();
    }

    /** The servers that have slots now. */
    public List<RedisProcess> masters() {
        return servers.stream()
                .filter(RedisProcess::isRunning)
                .filter(one -> one.call("ROLE").contains("master"))
                .toList();
    }

    /** Whether every slot is served, as every server that runs sees it. */
    public boolean isComplete() {
        return servers.stream().filter(RedisProcess::isRunning).allMatch(one -> one.call("CLUSTER", "INFO")
                .contains("cluster_state:ok"));
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
        servers.forEach(RedisProcess::close);
    }
}

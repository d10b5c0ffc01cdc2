package io.plexspaces.processgroups.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What several servers keep their groups in: one Redis, or a cluster of some, each with as many of the slots. */
public final class RedisShards implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Its bus has the port 10,000 above, which must be one too. */
    private static final int HIGHEST_PORT = 55_535;

    private final List<RedisServer> all;

    private RedisShards(List<RedisServer> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Returns when all of them serve.
     *
     * @param count 1: no cluster; else 3 at least
     * @param logs directory for what they print
     */
    public static RedisShards start(int count, Path logs) {
        if (count == 1) {
            return new RedisShards(List.of(RedisServer.start(logs.resolve("store.log"))));
        }
        List<RedisServer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int port = clusterPort();
            List<String> options = List.of("--cluster-enabled", "yes", "--dir", emptyDirectory());
            all.add(RedisServer.start(logs.resolve("shard-" + i + ".log"), port, options));
        }
        List<String> create = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
        all.forEach(shard -> create.add(host(shard)));
        create.add("--cluster-yes");
        RedisServer.run(create);
        RedisShards cluster = new RedisShards(all);
        Awaitility.await().atMost(PATIENCE).until(cluster::isComplete);
        return cluster;
    }

    /** Options of the JVM of a server that keeps its groups here. */
    public List<String> options() {
        String hosts = all.stream().map(shard -> "redis://" + host(shard)).collect(Collectors.joining(","));
        return List.of(
                "-Dprocessgroups.store=redis",
                "-Dquarkus.redis.client-type=" + (isCluster() ? "cluster" : "standalone"),
                "-Dquarkus.redis.hosts=" + hosts);
    }

    public List<RedisServer> all() {
        return all;
    }

    public boolean isCluster() {
        return all.size() > 1;
    }

    /** What all of them have done since their start. */
    public StoreUse use() {
        return all.stream().map(RedisServer::use).reduce(StoreUse.NONE, StoreUse::plus);
    }

    private boolean isComplete() {
        return all.stream().allMatch(shard -> shard.clusterInfo().contains("cluster_state:ok"));
    }

    private static String host(RedisServer shard) {
        return shard.address().getHostString() + ":" + shard.address().getPort();
    }

    /** For what a shard remembers of its cluster. */
    private static String emptyDirectory() {
        try {
            Path directory = Files.createTempDirectory("shard-");
            // Deleted last first.
            directory.toFile().deleteOnExit();
            directory.resolve("nodes.conf").toFile().deleteOnExit();
            return directory.toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static int clusterPort() {
        return Stream.generate(ChildProcess::freePort)
                .filter(port -> port <= HIGHEST_PORT)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        all.forEach(RedisServer::close);
    }
}

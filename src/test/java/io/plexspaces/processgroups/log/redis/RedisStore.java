package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A store to test against, and logs on it: the address in PROCESSGROUPS_TEST_REDIS, else a server of its own, installed
 * or embedded. Closing it ends all of them.
 */
public final class RedisStore implements AutoCloseable {
    private static final String ADDRESS = System.getenv("PROCESSGROUPS_TEST_REDIS");

    private final Vertx vertx = Vertx.vertx();
    private final List<RedisGroupLog> logs = new ArrayList<>();
    private final RedisOptions options;
    private final @Nullable AutoCloseable servers;

    private RedisStore(RedisOptions options, @Nullable AutoCloseable servers) {
        this.options = options;
        this.servers = servers;
    }

    /** Whichever there is. */
    public static RedisStore any() {
        if (ADDRESS != null && !ADDRESS.isEmpty()) {
            return new RedisStore(new RedisOptions().setConnectionString(ADDRESS), null);
        }
        return of(RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded)));
    }

    public static RedisStore of(Path binary) {
        return of(RedisProcess.start(binary));
    }

    public static RedisStore of(RedisProcess redis) {
        return new RedisStore(new RedisOptions().setConnectionString(redis.address()), redis);
    }

    /** A server that is ended by somebody else. */
    static RedisStore at(String address) {
        return new RedisStore(new RedisOptions().setConnectionString(address), null);
    }

    static RedisStore of(RedisClusterServers cluster) {
        RedisOptions options =
                new RedisOptions().setType(RedisClientType.CLUSTER).setEndpoints(List.of(cluster.address()));
        return new RedisStore(options, cluster);
    }

    /** @param servers ended with the store */
    static RedisStore ofSentinel(RedisProcess sentinel, AutoCloseable servers) {
        RedisOptions options = new RedisOptions()
                .setType(RedisClientType.SENTINEL)
                .setMasterName(RedisProcess.SENTINEL_MASTER)
                .setEndpoints(List.of(sentinel.address()));
        return new RedisStore(options, servers);
    }

    public static RedisSettings settings(LogLimits limits, Duration patience) {
        return new RedisSettings("processgroups:", 0, patience, Duration.ofSeconds(4), Duration.ofSeconds(15), limits);
    }

    /** One server's view of the store. */
    public RedisGroupLog log(LogLimits limits) {
        return log(settings(limits, Duration.ofSeconds(5)));
    }

    public RedisGroupLog log(RedisSettings settings) {
        RedisGroupLog log = new RedisGroupLog(
                vertx, options, settings, () -> UUID.randomUUID().toString());
        logs.add(log);
        return log;
    }

    @Override
    public void close() throws Exception {
        logs.forEach(RedisGroupLog::close);
        vertx.close().toCompletionStage().toCompletableFuture().get();
        if (servers != null) {
            servers.close();
        }
    }
}

package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.StoreQuotas;
import io.plexspaces.processgroups.log.memory.MemoryGroupLog;
import io.plexspaces.processgroups.log.memory.MemoryNodeMail;
import io.plexspaces.processgroups.log.redis.RedisGroupLog;
import io.plexspaces.processgroups.log.redis.store.RedisSettings;
import io.plexspaces.processgroups.observe.NodeMetrics;
import io.quarkus.arc.InjectableInstance;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.redis.client.Redis;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes the store that is configured, and no other. */
@Singleton
final class StoreWiring {
    private static final System.Logger LOG = System.getLogger(StoreWiring.class.getName());

    private final GroupLog log;
    private final NodeLeases leases;
    private final @Nullable RedisGroupLog redis;
    private final @Nullable MemoryGroupLog memory;

    /**
     * @param client of the platform: not used itself, as each connection has a purpose here; but asking for it makes
     *     it, and so its options known
     * @throws ConfigurationException without the address of a store that needs one
     */
    StoreWiring(
            ProcessGroupsConfig config,
            Vertx vertx,
            InjectableInstance<Redis> client,
            RedisAddress address,
            NodeMetrics metrics,
            StoreQuotas quotas) {
        ConfigCheck.check(config);
        RandomTexts epochs = new RandomTexts();
        if (config.store() == ProcessGroupsConfig.Store.REDIS) {
            RedisGroupLog made = new RedisGroupLog(
                    vertx, address.of(client), redisSettings(config, quotas), epochs, metrics::storeAnswered);
            redis = made;
            memory = null;
            log = made;
            leases = made;
        } else {
            WorkerExecutor worker = vertx.createSharedWorkerExecutor("processgroups-memory", 1);
            MemoryGroupLog made = new MemoryGroupLog(
                    Clock.systemUTC(), limits(config, quotas), epochs, aside(worker), memoryLimit(config));
            redis = null;
            memory = made;
            log = made;
            leases = made;
        }
    }

    /** One thread for what takes long, so that it takes no more than its share from the others. */
    private static Executor aside(WorkerExecutor worker) {
        return task -> worker.<Void>executeBlocking(
                        () -> {
                            task.run();
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.log(System.Logger.Level.ERROR, "a long task of the store failed", failure));
    }

    private static RedisSettings redisSettings(ProcessGroupsConfig config, StoreQuotas quotas) {
        ProcessGroupsConfig.Redis settings = config.redis();
        return new RedisSettings(
                settings.prefix(),
                settings.partitions(),
                settings.timeout(),
                settings.checkInterval(),
                config.node().leaseTtl(),
                limits(config, quotas));
    }

    static long memoryLimit(ProcessGroupsConfig config) {
        return config.memory()
                .bytes()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / Wiring.HEAP_PART);
    }

    private static LogLimits limits(ProcessGroupsConfig config, StoreQuotas quotas) {
        ProcessGroupsConfig.Limits limits = config.limits();
        return new LogLimits(
                limits.groupsPerTenant(),
                limits.membersPerGroup(),
                limits.topicsPerMember(),
                limits.ownersPerMember(),
                limits.nodeLabelsPerGroup(),
                limits.retainedBytes().asLongValue(),
                limits.idempotencyKeys(),
                limits.batchBytes().asLongValue(),
                limits.bansPerGroup(),
                limits.bansPerTenant(),
                quotas);
    }

    /** No call of the store takes longer: behind a call that fails, it waits for three times its own time. */
    static Duration longestCall(ProcessGroupsConfig config) {
        return config.redis().timeout().multipliedBy(3);
    }

    /** The longest time of one expiry pass: two calls may follow after it begins no more rounds. */
    static Duration longestExpiry(ProcessGroupsConfig config) {
        return RedisGroupLog.EXPIRY_BEGINS_FOR.plus(longestCall(config).multipliedBy(2));
    }

    @Produces
    @Singleton
    GroupLog log() {
        return log;
    }

    @Produces
    @Singleton
    NodeLeases leases() {
        return leases;
    }

    @Produces
    @Singleton
    NodeMail mail() {
        return redis == null ? new MemoryNodeMail() : redis.mail();
    }

    /** Whether the store answers and its announcements arrive. */
    boolean isHealthy() {
        return redis == null || redis.isHealthy();
    }

    /** How much this node found in the store that it cannot read. */
    long unreadable() {
        return redis == null ? 0 : redis.unreadable();
    }

    /** What it could not read within the last minute; empty: nothing. */
    Optional<String> unreadableLately() {
        return redis == null ? Optional.empty() : redis.unreadableLately();
    }

    /**
     * How long the call has waited that has waited longest for an answer of the store, in nanoseconds; 0: none waits.
     */
    long longestUnanswered() {
        return redis == null ? 0 : redis.longestUnanswered();
    }

    /** The store's policy for a full memory, if it may take keys of groups. */
    Optional<String> eviction() {
        return redis == null ? Optional.empty() : redis.eviction();
    }

    /** What the groups of a store in memory hold; 0: they are in another store. */
    long memoryBytes() {
        return memory == null ? 0 : memory.heldBytes();
    }

    /** Entries this node has not read yet of the log it is furthest behind of. */
    long lag() {
        return redis == null ? 0 : redis.lag();
    }

    @PreDestroy
    void close() {
        if (redis != null) {
            redis.close();
        }
    }
}

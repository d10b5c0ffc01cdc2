package io.plexspaces.processgroups.e2e;

import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/** The service with its groups in a Redis of its own. */
public final class OnRedis implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("processgroups.store", "redis");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(Redis.class));
    }

    /** Runs while the service does. */
    public static final class Redis implements QuarkusTestResourceLifecycleManager {
        private RedisProcess redis;

        @Override
        public Map<String, String> start() {
            redis = RedisProcess.start(RedisBinaries.installed().orElseGet(RedisBinaries::embedded));
            return Map.of("quarkus.redis.hosts", redis.address());
        }

        @Override
        public void stop() {
            if (redis != null) {
                redis.close();
            }
        }
    }
}

package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.log.LogLimits;
import io.plexspaces.processgroups.log.redis.RedisStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** In Redis. */
class LastMessagesOnRedisTest extends LastMessagesContract {
    private static RedisStore store;

    private CoreFixture core;

    @BeforeAll
    static void start() {
        store = RedisStore.any();
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    @BeforeEach
    void open() {
        LogLimits limits = new LogLimits(20_000, 200_000, 256, 1000, 1_000, 8 << 20, 1000);
        core = CoreFixture.on(store.log(limits), Duration.ofSeconds(5), CoreFixture.NODE);
    }

    @AfterEach
    void close() {
        core.close();
    }

    @Override
    CoreFixture core() {
        return core;
    }
}

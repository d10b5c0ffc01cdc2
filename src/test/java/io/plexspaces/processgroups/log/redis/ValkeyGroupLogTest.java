package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.NodeLeases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on Valkey. */
class ValkeyGroupLogTest extends RedisContract {
    private static RedisStore store;
    private static RedisGroupLog log;

    @BeforeAll
    static void open() {
        store = RedisStore.of(RedisBinaries.requiredValkey("ValkeyGroupLogTest"));
        log = store.log(LIMITS);
    }

    @AfterAll
    static void close() throws Exception {
        if (store != null) {
            store.close();
        }
    }

    @Override
    protected GroupLog log() {
        return log;
    }

    @Override
    protected NodeLeases leases() {
        return log;
    }
}
